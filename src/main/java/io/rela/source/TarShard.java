package io.rela.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rela.image.ImageFormat;
import io.rela.run.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Lists one tar shard: reads its headers and the members that may hold a label, no pictures. Runs in a task.
 *
 * <p>The headers of one shard are held in memory meanwhile, about 1 KB a member.
 */
final class TarShard {
    private static final int RECORD = 512;
    private static final int BLOCK = 10_240;
    private static final int MAX_CLS_BYTES = 1 << 10;
    private static final int MAX_JSON_BYTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A regular member; offset and size in bytes. */
    private record Member(long offset, long size) {}

    /** The members of one key that may hold its label. */
    private static final class LabelMembers {
        private Member cls;
        private Member json;
    }

    private final String uri;
    private final UnitListing.Output out;
    private final Map<PictureName, Member> pictures = new TreeMap<>(PictureName.ORDER);
    private final Map<String, LabelMembers> labels = new HashMap<>();
    private final Set<String> folders = new TreeSet<>();
    private long others;
    private long links;
    private long repeated;
    private long unparsed;

    private TarShard(String uri, UnitListing.Output out) {
        this.uri = uri;
        this.out = out;
    }

    static void list(String uri, Configuration configuration, UnitListing.Output out) throws IOException {
        new TarShard(uri, out).list(configuration);
    }

    private void list(Configuration configuration) throws IOException {
        Path path = new Path(uri);
        FileStatus status = Storage.fileSystem(path, configuration).getFileStatus(path);
        if (status.getLen() == 0) {
            throw damaged("it has no bytes", null);
        }
        try (ShardChannel channel = new ShardChannel(Storage.open(path, configuration), status.getLen())) {
            try {
                readMembers(channel);
                writeSamples(channel);
            } catch (IOException | IllegalArgumentException e) {
                if (channel.failure() != null) {
                    throw channel.failure();
                }
                throw damaged(e.getMessage(), e);
            }
        }
        folders.forEach(folder -> out.note(UnitListing.Note.CLASS, folder, 0));
        out.count(UnitListing.Note.OTHER_FILES, others);
        out.count(UnitListing.Note.LINKS, links);
        if (repeated > 0) {
            remark("Members written more than once in '" + uri + "', of which the last counts: " + repeated);
        }
        if (unparsed > 0) {
            remark("Members in '" + uri + "' that end in .json but are not JSON and give no label: " + unparsed);
        }
    }

    private void readMembers(ShardChannel channel) throws IOException {
        failOnCompression(channel);
        long end = 0;
        List<TarArchiveEntry> entries = entries(channel, StandardCharsets.UTF_8);
        if (entries.stream().anyMatch(entry -> entry.getName().indexOf('?') >= 0)) {
            failOnOtherEncodings(entries, channel);
        }
        for (TarArchiveEntry entry : entries) {
            if (!entry.isCheckSumOK()) {
                throw damaged("the checksum of member '" + entry.getName() + "' does not hold", null);
            }
            end = entry.getDataOffset() + entry.getSize();
            if (end > channel.size()) {
                throw damaged(
                        "member '" + entry.getName() + "' ends " + (end - channel.size()) + " bytes behind it", null);
            }
            add(entry);
        }
        checkEnd(channel, (end + RECORD - 1) / RECORD * RECORD);
    }

    private static List<TarArchiveEntry> entries(ShardChannel channel, Charset names) throws IOException {
        channel.position(0);
        // Not closed: the channel has its own owner.
        return new TarFile(channel, BLOCK, RECORD, names.name(), false).getEntries();
    }

    // Commons Compress reads bytes that are no UTF-8 as question marks, so that two names may come to be one.
    private void failOnOtherEncodings(List<TarArchiveEntry> entries, ShardChannel channel) throws IOException {
        List<TarArchiveEntry> raw = entries(channel, StandardCharsets.ISO_8859_1);
        for (int i = 0; i < raw.size(); i++) {
            String name = entries.get(i).getName();
            String bytes = raw.get(i).getName();
            String text = new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            if (!name.equals(bytes) && !name.equals(text)) {
                throw new SourceException("The tar '" + uri + "' has members whose names are no UTF-8, such as '"
                        + Printable.line(name) + "': pack it again with other names");
            }
        }
    }

    // Commons Compress takes a header that is cut short for the end of the archive.
    private void checkEnd(ShardChannel channel, long end) throws IOException {
        if (end >= channel.size()) {
            remark("The tar '" + uri + "' has no end mark and may be cut short");
            return;
        }
        ByteBuffer mark = ByteBuffer.allocate(RECORD);
        channel.position(end).read(mark);
        if (mark.hasRemaining() || !Arrays.equals(mark.array(), new byte[RECORD])) {
            throw damaged("the header behind byte " + end + " is not whole", null);
        }
    }

    private void failOnCompression(ShardChannel channel) throws IOException {
        ByteBuffer magic = ByteBuffer.allocate(2);
        channel.position(0).read(magic);
        if (magic.getShort(0) == 0x1f8b) {
            throw TarSource.compressed(uri);
        }
    }

    private static boolean isPlain(TarArchiveEntry entry) {
        return entry.isFile() && !entry.isLink() && !entry.isSymbolicLink() && !entry.isSparse();
    }

    private void add(TarArchiveEntry entry) {
        List<String> parts = new ArrayList<>();
        for (String part : entry.getName().split("/", -1)) {
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        if (parts.isEmpty() || parts.stream().anyMatch(Names::isHidden)) {
            return;
        }
        if (entry.isDirectory()) {
            folders.add(parts.get(0));
            return;
        }
        PictureName name = PictureName.of(String.join("/", parts));
        if (!name.first().isEmpty()) {
            folders.add(name.first());
        }
        if (!isPlain(entry)) {
            links++;
            return;
        }
        Member member = new Member(entry.getDataOffset(), entry.getSize());
        if (ImageFormat.isNameOfPicture(name.base())) {
            repeated += pictures.put(name, member) == null ? 0 : 1;
            return;
        }
        others++;
        switch (extension(name)) {
            case "cls" -> labels.computeIfAbsent(key(name), k -> new LabelMembers()).cls = member;
            case "json" -> labels.computeIfAbsent(key(name), k -> new LabelMembers()).json = member;
            default -> {
                // Captions and the like have no part in a sample here.
            }
        }
    }

    // WebDataset: the path up to the first dot of the base name; the rest is the extension.
    private static String key(PictureName name) {
        int dot = name.base().indexOf('.');
        String stem = dot < 0 ? name.base() : name.base().substring(0, dot);
        return name.folder() + "/" + stem;
    }

    private static String extension(PictureName name) {
        int dot = name.base().indexOf('.');
        return dot < 0 ? "" : name.base().substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    private void writeSamples(ShardChannel channel) throws IOException {
        long labeled = 0;
        long bare = 0;
        for (PictureName name : samples()) {
            Member member = pictures.get(name);
            Integer label = label(key(name), channel);
            labeled += label == null ? 0 : 1;
            bare += name.first().isEmpty() ? 1 : 0;
            String first = name.first().isEmpty() ? null : name.first();
            out.sample(name.path(), uri, member.offset(), member.size(), label, first);
        }
        out.count(UnitListing.Note.LABELED, labeled);
        out.count(UnitListing.Note.BARE, bare);
    }

    /** One picture a key, in order: no other name is sorted between those of one key, which differ behind its dot only. */
    private List<PictureName> samples() {
        List<PictureName> samples = new ArrayList<>();
        List<PictureName> beside = new ArrayList<>();
        for (PictureName name : pictures.keySet()) {
            PictureName last = samples.isEmpty() ? null : samples.get(samples.size() - 1);
            if (last == null || !key(last).equals(key(name))) {
                samples.add(name);
            } else if (dots(name) < dots(last)) {
                samples.set(samples.size() - 1, name);
                beside.add(last);
            } else {
                beside.add(name);
            }
        }
        if (!beside.isEmpty()) {
            out.note(UnitListing.Note.BESIDE, beside.get(0).path(), beside.size());
        }
        return samples;
    }

    private static long dots(PictureName name) {
        return name.base().chars().filter(c -> c == '.').count();
    }

    private Integer label(String key, ShardChannel channel) throws IOException {
        LabelMembers members = labels.get(key);
        if (members == null) {
            return null;
        }
        if (members.cls != null) {
            return clsLabel(key, members.cls, channel);
        }
        return members.json.size() > MAX_JSON_BYTES ? null : jsonLabel(read(members.json, channel));
    }

    private Integer clsLabel(String key, Member cls, ShardChannel channel) throws IOException {
        String text = cls.size() > MAX_CLS_BYTES
                ? Names.counted(cls.size(), "byte")
                : new String(read(cls, channel), StandardCharsets.UTF_8).strip();
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException e) {
            throw new SourceException("The member '" + key.replaceFirst("^/", "") + ".cls' of the tar '" + uri
                    + "' holds '" + text + "', not a whole number: write the label's number into it");
        }
    }

    private Integer jsonLabel(byte[] bytes) {
        try {
            JsonNode root = JSON.readTree(bytes);
            for (String field : List.of("label", "cls")) {
                JsonNode value = root.path(field);
                if (value.isIntegralNumber() && value.canConvertToInt()) {
                    return value.intValue();
                }
            }
        } catch (IOException e) {
            unparsed++;
        }
        return null;
    }

    private static byte[] read(Member member, ShardChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) member.size());
        channel.position(member.offset()).read(bytes);
        return bytes.array();
    }

    private void remark(String text) {
        out.note(UnitListing.Note.REMARK, text, 0);
    }

    private SourceException damaged(String why, Throwable cause) {
        return new SourceException(
                "The tar '" + uri + "' is damaged or cut short: " + why + ". Fetch or pack it again", cause);
    }
}
