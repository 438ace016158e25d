import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/**
 * HDFS with two data nodes, and YARN with two node managers, in one process until its standard input ends.
 * Usage: {@code java -cp JARS HadoopCluster.java FOLDER}; FOLDER/conf appears when both are there, for {@code HADOOP_CONF_DIR}.
 */
public final class HadoopCluster {

    private static final int NODES = 2;
    private static final String FIRST_COME = "org.apache.hadoop.yarn.server.resourcemanager.scheduler.fifo.FifoScheduler";

    private HadoopCluster() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]).toAbsolutePath();
        Configuration conf = new YarnConfiguration();
        conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("dfs").toString());
        conf.set(YarnConfiguration.RM_SCHEDULER, FIRST_COME);
        conf.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 256);
        conf.setInt(YarnConfiguration.YARN_MINICLUSTER_NM_PMEM_MB, 4096);
        conf.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
        // A disk that is rather full is no reason to start nothing.
        conf.setFloat(YarnConfiguration.NM_MAX_PER_DISK_UTILIZATION_PERCENTAGE, 100);
        MiniDFSCluster hdfs =
                new MiniDFSCluster.Builder(conf).numDataNodes(NODES).build();
        hdfs.waitActive();
        MiniYARNCluster yarn = new MiniYARNCluster("yarn", NODES, 1, 1);
        yarn.init(conf);
        yarn.start();
        if (!yarn.waitForNodeManagersToConnect(60_000)) {
            throw new IllegalStateException("the node managers have not come in 60 s");
        }
        write(hdfs, yarn, folder);
        while (System.in.read() >= 0) {
            // Nothing is said to this program.
        }
        System.exit(0);
    }

    /** Where both are reached, and nothing else of their settings. YARN's own defaults go before core-site.xml. */
    private static void write(MiniDFSCluster hdfs, MiniYARNCluster yarn, Path folder) throws Exception {
        Configuration sites = new Configuration(false);
        for (Map.Entry<String, String> setting : yarn.getConfig()) {
            if (setting.getKey().matches("yarn\\.resourcemanager\\.([a-z-]+\\.)?address")) {
                sites.set(setting.getKey(), setting.getValue());
            }
        }
        sites.set("fs.defaultFS", hdfs.getURI().toString());
        sites.set("dfs.namenode.http-address", hdfs.getNameNode().getHttpAddress().getHostName() + ":"
                + hdfs.getNameNode().getHttpAddress().getPort());
        Path made = Files.createDirectory(folder.resolve("conf.new"));
        for (String name : new String[] {"core-site.xml", "yarn-site.xml"}) {
            try (OutputStream out = Files.newOutputStream(made.resolve(name))) {
                sites.writeXml(out);
            }
        }
        Files.move(made, folder.resolve("conf"));
    }
}
