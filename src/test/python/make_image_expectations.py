"""Makes the pictures in src/test/resources/image and, beside them, the pixels that Pillow and numpy make of them.

usage: python3 src/test/python/make_image_expectations.py src/test/resources/image

Made with Pillow 9.4 and numpy 1.24 (Debian: python3-pil, python3-numpy). The pictures are procedural.
decode/NAME           an encoded picture, decode/NAME.rgb its pixels
resize/SOURCE.rgb     a picture; resize/SOURCE-FILTER-RESIZE-SIZE.rgb: shorter side to RESIZE, centre crop SIZE
.rgb: width and height as big-endian 32-bit integers, then red, green, blue, row by row.
"""

import io
import os
import sys

import numpy as np
from PIL import Image

root = sys.argv[1]
os.makedirs(os.path.join(root, "decode"), exist_ok=True)
os.makedirs(os.path.join(root, "resize"), exist_ok=True)


def picture(width, height, seed):
    """Smooth waves with noise and a hard edge, so that filters and chroma sampling have something to do."""
    random = np.random.RandomState(seed)
    y, x = np.mgrid[0:height, 0:width]
    waves = np.stack([np.sin(x / (3.0 + c) + seed) * np.cos(y / (5.0 - c)) for c in range(3)], axis=2)
    pixels = 128 + 90 * waves + random.normal(0, 12, waves.shape)
    pixels[height // 2 :, : width // 3] = (250, 5, 60)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def write_rgb(path, pixels):
    with open(path, "wb") as f:
        f.write(np.array([pixels.shape[1], pixels.shape[0]], ">i4").tobytes())
        f.write(np.ascontiguousarray(pixels, np.uint8).tobytes())


def expect(name, data, pixels=None):
    with open(os.path.join(root, "decode", name), "wb") as f:
        f.write(data)
    if pixels is None:
        pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    write_rgb(os.path.join(root, "decode", name + ".rgb"), pixels)


def save(name, image, pixels=None, **options):
    out = io.BytesIO()
    image.save(out, **options)
    expect(name, out.getvalue(), pixels)


rgb = picture(45, 31, 1)
gray = rgb.convert("L")
alpha = rgb.copy()
alpha.putalpha(gray)
palette = rgb.quantize(23)
bits = gray.convert("1")
deep = (np.asarray(gray).astype(np.uint16) << 8) + 77
cmyk = Image.fromarray(np.dstack([np.asarray(rgb), np.asarray(gray)]), "CMYK")

for sampling, name in ((0, "444"), (1, "422"), (2, "420")):
    save(f"color-{name}.jpg", rgb, format="JPEG", quality=80, subsampling=sampling)
    save(f"progressive-{name}.jpg", rgb, format="JPEG", quality=60, subsampling=sampling, progressive=True)
save("gray.jpg", gray, format="JPEG")
save("cmyk.jpg", cmyk, format="JPEG")
save("large-420.jpg", picture(167, 93, 2), format="JPEG", quality=90)
turned = Image.Exif()
turned[274] = 6
save("turned-by-exif.jpg", rgb, format="JPEG", exif=turned)
out = io.BytesIO()
rgb.save(out, format="JPEG", quality=75)
plain = out.getvalue()
expect("bytes-between-markers.jpg", plain[:20] + b"\x01\x02\x03" + plain[20:])
expect("bytes-after-the-end.jpg", plain + b"more")

save("color.png", rgb, format="PNG")
save("alpha.png", alpha, format="PNG")
save("gray.png", gray, format="PNG")
save("gray-alpha.png", alpha.convert("LA"), format="PNG")
save("bits.png", bits, format="PNG")
save("palette.png", palette, format="PNG", transparency=3)
save("palette-2-bits.png", rgb.quantize(4), format="PNG", bits=2)
save("gray-transparent.png", gray, format="PNG", transparency=100)
# Pillow would clip 16-bit gray to 255; the high byte is what is wanted.
save("gray-16.png", Image.fromarray(deep), np.dstack([deep >> 8] * 3), format="PNG")
save("frames.png", rgb, format="PNG", save_all=True, append_images=[picture(45, 31, 3)])

save("palette.gif", palette, format="GIF")
save("interlaced.gif", palette, format="GIF", interlace=True)
save("gray.gif", gray, format="GIF")
save("frames.gif", palette, format="GIF", save_all=True, append_images=[picture(45, 31, 3).quantize(9)])
save("transparent.gif", palette, format="GIF", transparency=5)
# A frame that covers a part of its canvas: made by hand from the picture above.
out = io.BytesIO()
palette.save(out, format="GIF")
small = bytearray(out.getvalue())
small[6:10] = (60).to_bytes(2, "little") + (40).to_bytes(2, "little")
at = small.index(b",\0\0\0\0", 13)
small[at + 1 : at + 5] = (7).to_bytes(2, "little") + (3).to_bytes(2, "little")
expect("part-of-canvas.gif", bytes(small))

save("color.bmp", rgb, format="BMP")
save("alpha.bmp", alpha, format="BMP")
save("palette.bmp", palette, format="BMP")
save("gray.bmp", gray, format="BMP")
save("bits.bmp", bits, format="BMP")

save("lossy.webp", rgb, format="WEBP", quality=70)
save("lossless.webp", rgb, format="WEBP", lossless=True)
save("alpha.webp", alpha, format="WEBP", quality=70, exact=True)
save("frames.webp", rgb, format="WEBP", save_all=True, append_images=[picture(45, 31, 3)], lossless=True)

save("color.ppm", rgb, format="PPM")
save("gray.pgm", gray, format="PPM")
save("bits.pbm", bits, format="PPM")
expect("plain.ppm", b"P3 # plain\n2 2 15\n0 5 15 1 2 3\n15 15 15 7 8 9\n")
expect("plain.pbm", b"P1\n3 2\n101\n0 1 0\n")
expect("narrow.ppm", b"P6\n2 1\n100\n" + bytes([0, 50, 100, 1, 33, 99]))

for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
    save(f"color-{compression}.tif", rgb, format="TIFF", compression=compression)
    save(f"gray-{compression}.tif", gray, format="TIFF", compression=compression)
save("predicted.tif", rgb, format="TIFF", compression="tiff_lzw", tiffinfo={317: 2})
save("palette.tif", palette, format="TIFF", compression="tiff_lzw")
save("alpha.tif", alpha, format="TIFF", compression="tiff_lzw")
save("cmyk.tif", cmyk, format="TIFF", compression="tiff_lzw")
save("bits.tif", bits, format="TIFF", compression="raw")
save("fax.tif", bits, format="TIFF", compression="group4")
save("jpeg.tif", rgb, format="TIFF", compression="jpeg")
save("turned.tif", rgb, format="TIFF", compression="raw", tiffinfo={274: 6})
save("gray-16.tif", Image.fromarray(deep), np.dstack([deep >> 8] * 3), format="TIFF")


def preprocess(image, resize, size, filter):
    """torchvision's Resize and CenterCrop, for pictures at least as large as the crop."""
    width, height = image.size
    short, long = min(width, height), max(width, height)
    longer = int(resize * long / short)
    target = (resize, longer) if width <= height else (longer, resize)
    if target != image.size:
        image = image.resize(target, filter)
    left, top = (int(round((side - size) / 2.0)) for side in target)
    return image.crop((left, top, left + size, top + size))


filters = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}
sources = {
    "wide": ((97, 41), ((24, 24), (29, 16), (41, 32), (64, 20))),
    "tall": ((33, 71), ((20, 20), (17, 11), (33, 33), (50, 24))),
    "square": ((64, 64), ((32, 32), (64, 33), (31, 24))),
    "dot": ((1, 1), ((8, 8), (9, 4))),
    "needle": ((1, 5000), ((2, 2), (16, 9))),
    "thread": ((900, 2), ((1, 1), (5, 4), (2, 2))),
}
for seed, (name, (shape, cases)) in enumerate(sources.items()):
    source = picture(*shape, seed)
    write_rgb(os.path.join(root, "resize", name + ".rgb"), np.asarray(source))
    for filter_name, filter in filters.items():
        for resize, size in cases:
            result = preprocess(source, resize, size, filter)
            write_rgb(os.path.join(root, "resize", f"{name}-{filter_name}-{resize}-{size}.rgb"), np.asarray(result))
