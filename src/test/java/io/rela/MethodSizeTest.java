package io.rela;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Methods that a reader takes in at a glance. */
class MethodSizeTest {
    private static final int MOST_PARAMETERS = 7;
    private static final int MOST_LINES = 60;

    /** Those that may be larger, each with its reason. */
    private static final Map<String, String> EXCEPTIONS = Map.of(
            "LockOwner", "the fields of the lock's file",
            "Content", "the fields of the result file",
            "ConversionSettings", "the settings of the manifest",
            "addFour", "the inner loop of all sums of products: no objects in it",
            "unpack", "the LZW loop of GIF, whose eight variables change together");

    @Test
    void methodsAndRecordsAreSmall() throws IOException {
        List<String> large = new ArrayList<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
                Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null,
                    files,
                    problem -> {},
                    null,
                    null,
                    files.getJavaFileObjectsFromPaths(
                            sources.filter(source -> source.toString().endsWith(".java"))
                                    .toList()));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                unit.accept(new LargeOnes(unit, positions), large);
            }
        }
        assertThat(large).containsExactlyInAnyOrderElementsOf(EXCEPTIONS.keySet());
    }

    private static final class LargeOnes extends TreeScanner<Void, List<String>> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;

        /** Number of components of the record that is looked at; 0 of another type. */
        private long ofRecord;

        LargeOnes(CompilationUnitTree unit, SourcePositions positions) {
            this.unit = unit;
            this.positions = positions;
        }

        @Override
        public Void visitClass(ClassTree type, List<String> large) {
            long components = type.getMembers().stream()
                    .filter(member -> member instanceof VariableTree field
                            && !field.getModifiers().getFlags().contains(Modifier.STATIC))
                    .count();
            if (type.getKind() == Tree.Kind.RECORD && components > MOST_PARAMETERS) {
                large.add(type.getSimpleName().toString());
            }
            long outer = ofRecord;
            ofRecord = type.getKind() == Tree.Kind.RECORD ? components : 0;
            super.visitClass(type, large);
            ofRecord = outer;
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, List<String> large) {
            // A record's canonical constructor repeats its components, which are counted above.
            int parameters = method.getParameters().size();
            boolean repeats = method.getName().contentEquals("<init>") && parameters == ofRecord;
            if ((parameters > MOST_PARAMETERS && !repeats) || lines(method) > MOST_LINES) {
                large.add(method.getName().toString());
            }
            return super.visitMethod(method, large);
        }

        private long lines(MethodTree method) {
            long end = positions.getEndPosition(unit, method);
            long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, method));
            return end < 0 ? 0 : unit.getLineMap().getLineNumber(end) - first + 1;
        }
    }
}
