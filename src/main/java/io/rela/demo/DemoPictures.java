package io.rela.demo;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.Polygon;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import javax.imageio.ImageIO;

/** Draws a small labeled set of pictures, the same on every machine, four of which are broken on purpose. */
public final class DemoPictures {
    private static final int EACH = 80;
    private static final int SMALLEST = 48;
    private static final int LARGEST = 96;

    private enum Shape {
        CROSS,
        DISC,
        RING,
        SQUARE,
        STAR,
        STRIPES,
        TRIANGLE,
        WAVES
    }

    private DemoPictures() {}

    /** How many files {@link #write} makes. */
    public static int count() {
        return Shape.values().length * EACH;
    }

    /** Fills a folder with class folders of JPEG and PNG files. */
    public static void write(Path folder) throws IOException {
        long firstSeed = 0;
        for (Shape shape : Shape.values()) {
            Path classFolder =
                    Files.createDirectories(folder.resolve(shape.name().toLowerCase(Locale.ROOT)));
            for (int number = 0; number < EACH; number++) {
                Random random = new Random(firstSeed + number);
                String format = number % 4 == 3 ? "png" : "jpg";
                byte[] encoded = encode(draw(shape, random), format);
                Files.write(classFolder.resolve(String.format("%03d.%s", number, format)), encoded);
            }
            firstSeed += 1_000;
        }
        breakSome(folder);
    }

    private static void breakSome(Path folder) throws IOException {
        Path truncated = folder.resolve("disc/004.jpg");
        byte[] whole = Files.readAllBytes(truncated);
        Files.write(truncated, Arrays.copyOf(whole, whole.length / 2));
        Files.write(folder.resolve("ring/008.jpg"), new byte[0]);
        Files.writeString(folder.resolve("star/012.jpg"), "<html>404 Not Found</html>", StandardCharsets.UTF_8);
        Path damaged = folder.resolve("waves/003.png");
        byte[] png = Files.readAllBytes(damaged);
        Arrays.fill(png, 40, png.length / 2, (byte) 0x55);
        Files.write(damaged, png);
    }

    private static BufferedImage draw(Shape shape, Random random) {
        int width = SMALLEST + random.nextInt(LARGEST - SMALLEST);
        int height = SMALLEST + random.nextInt(LARGEST - SMALLEST);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        float hue = random.nextFloat();
        g.setPaint(new GradientPaint(
                0, 0, Color.getHSBColor(hue, 0.25f, 0.85f), width, height, Color.getHSBColor(hue, 0.4f, 0.5f)));
        g.fillRect(0, 0, width, height);
        g.setPaint(Color.getHSBColor(hue + 0.35f + 0.3f * random.nextFloat(), 0.9f, 0.5f + 0.5f * random.nextFloat()));
        int side = Math.min(width, height);
        int size = side / 2 + random.nextInt(side / 4);
        int x = (width - size) / 2 + random.nextInt(side / 6) - side / 12;
        int y = (height - size) / 2 + random.nextInt(side / 6) - side / 12;
        g.setStroke(new BasicStroke(size / 7f));
        paint(shape, g, x, y, size);
        g.dispose();
        return image;
    }

    private static void paint(Shape shape, Graphics2D g, int x, int y, int size) {
        switch (shape) {
            case CROSS -> {
                g.fillRect(x + size * 2 / 5, y, size / 5, size);
                g.fillRect(x, y + size * 2 / 5, size, size / 5);
            }
            case DISC -> g.fillOval(x, y, size, size);
            case RING -> g.drawOval(x, y, size, size);
            case SQUARE -> g.fillRect(x, y, size, size);
            case STAR -> g.fillPolygon(star(x + size / 2.0, y + size / 2.0, size / 2.0));
            case STRIPES -> {
                for (int i = 0; i < 5; i++) {
                    g.fillRect(x, y + i * size / 5, size, size / 10);
                }
            }
            case TRIANGLE ->
                g.fillPolygon(new Polygon(new int[] {x, x + size / 2, x + size}, new int[] {y + size, y, y + size}, 3));
            case WAVES -> {
                for (int i = 0; i < 4; i++) {
                    g.drawArc(x + i * size / 4, y + size / 4, size / 4, size / 2, i % 2 == 0 ? 0 : 180, 180);
                }
            }
        }
    }

    private static Polygon star(double x, double y, double radius) {
        Polygon star = new Polygon();
        for (int i = 0; i < 10; i++) {
            double r = i % 2 == 0 ? radius : radius * 0.4;
            star.addPoint((int) (x + r * Math.sin(i * Math.PI / 5)), (int) (y - r * Math.cos(i * Math.PI / 5)));
        }
        return star;
    }

    private static byte[] encode(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, format, bytes);
        return bytes.toByteArray();
    }

    /** Files that cannot be converted. */
    public static List<String> broken() {
        return List.of("disc/004.jpg", "ring/008.jpg", "star/012.jpg", "waves/003.png");
    }
}
