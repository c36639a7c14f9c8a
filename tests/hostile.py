"""What somebody may send to harm: texts that would run, files that are no pictures."""

from io import BytesIO
from struct import pack
from zipfile import ZipFile
from zlib import compress, crc32

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

# Eighteen ways of running a script from a text.
SCRIPTS = [
    "<script>console.log('intrus')</script>",
    '<img src="x" onerror="console.log(1)">',
    "<svg onload=console.log(1)><circle r=9 /></svg>",
    "[a](javascript:console.log(1))",
    "[a](JaVaScRiPt:console.log(1))",
    "[a](java&#x09;script&colon;console.log(1))",
    "[a](&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;console.log(1))",
    "[a](<java\tscript:console.log(1)>) [b](%6Aavascript:console.log(1))",
    "[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "<javascript:console.log(1)> <data:text/html,x> <vbscript:msgbox(1)>",
    '![a](javascript:console.log(1)) ![b](https://intrus.test/x.png "onerror=console.log(1)")',
    '[a]\n\n[a]: javascript:console.log(1) "onmouseover=console.log(1)"',
    '[a](https://exemple.test/"onmouseover="console.log(1)) <a href="javascript:x()">b</a>',
    '<iframe src="javascript:console.log(1)" srcdoc="<script>console.log(1)</script>"></iframe>',
    "<style>@import 'https://intrus.test/x.css'</style><p style=\"background:url(//intrus.test)\">",
    "&lt;script&gt;console.log(1)&lt;/script&gt; &#60;img src=x onerror=console.log(1)&#62;",
    '> - **<details open ontoggle=console.log(1)>**\n>   1. <math><mi xlink:href="javascript:x">',
    "<scr<script>ipt>console.log(1)</scr</script>ipt><form action=javascript:x><input autofocus "
    "onfocus=console.log(1)><meta http-equiv=refresh content=0;url=//intrus.test><base href=//x>",
]

ATTRIBUTES = {"a": {"href", "rel"}, "ol": {"start"}}
SCHEMES = ("http://", "https://", "mailto:")


def unsafe(tree, tags):
    """Every element, attribute and address in a tree that its texts should not have given."""
    found = []
    for element in tree.iter():
        if element is tree:
            continue
        if element.tag not in tags:
            found.append(str(element.tag))
        for name, value in element.items():
            if name not in ATTRIBUTES.get(element.tag, ()):
                found.append(f"{element.tag} {name}")
            if name == "href" and not value.lower().startswith(SCHEMES):
                found.append(value)
    return found


# Files: each gives what is sent, then the words that refuse it, or what must be gone.

UNREADABLE = "n’est pas une photo que nous sachions lire"


def upload(content, name="photo.jpg", kind="image/jpeg"):
    return SimpleUploadedFile(name, content, kind)


def bytes_of(image, kind, **saved):
    content = BytesIO()
    image.save(content, kind, **saved)
    return content.getvalue()


def plain(kind="JPEG", size=(640, 480), **saved):
    return bytes_of(Image.new("RGB", size, "#2a5bd7"), kind, **saved)


def png_chunk(name, data):
    return pack(">I", len(data)) + name + data + pack(">I", crc32(name + data))


def png_declaring(width, height):
    """A PNG of a few bytes that says it is that large."""
    head = png_chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + png_chunk(b"IDAT", compress(b"\0" * 100))
        + png_chunk(b"IEND", b"")
    )


def bomb():
    """Forty-nine million points, of a few kilobytes."""
    content = bytes_of(Image.new("1", (7000, 7000)), "PNG", optimize=True)
    assert len(content) < 20_000
    return content


def many_passes():
    """A JPEG that can be read, in many times as long."""
    content = plain(progressive=True)
    last = content[content.rindex(b"\xff\xda") : -2]
    content = content[:-2] + last * 50 + content[-2:]
    Image.open(BytesIO(content)).load()
    return content


def zipped():
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr("intrus.html", "<script>console.log(1)</script>")
    return content.getvalue()


def frames():
    return [Image.new("RGB", (64, 64), colour) for colour in ["red", "lime", "blue"]]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="console.log(1)"><script>1</script></svg>'
HTML = b"<!doctype html><script>console.log(1)</script>"

REFUSED = {
    "SVG": lambda: (upload(SVG, "a.svg", "image/svg+xml"), UNREADABLE),
    "SVG named PNG": lambda: (upload(SVG, "a.png", "image/png"), UNREADABLE),
    "HTML named JPEG": lambda: (upload(HTML), UNREADABLE),
    "HTML begun as a JPEG": lambda: (
        upload(b"\xff\xd8\xff\xe0" + HTML),
        UNREADABLE,
    ),
    "GIF": lambda: (upload(plain("GIF"), "a.gif", "image/gif"), UNREADABLE),
    "BMP": lambda: (upload(plain("BMP")), UNREADABLE),
    "TIFF": lambda: (upload(plain("TIFF")), UNREADABLE),
    "PDF": lambda: (upload(plain("PDF"), "a.pdf", "application/pdf"), UNREADABLE),
    "zip": lambda: (upload(zipped()), UNREADABLE),
    "bomb": lambda: (upload(bomb(), "a.png"), "25 millions de points"),
    "size declared beyond reason": lambda: (
        upload(png_declaring(2**31 - 1, 2**31 - 1), "a.png"),
        "trop de points",
    ),
    "side too long": lambda: (upload(plain("PNG", (20_000, 1)), "a.png"), "trop de points"),
    "no width": lambda: (upload(png_declaring(0, 10), "a.png"), UNREADABLE),
    "truncated JPEG": lambda: (upload(plain()[:-900]), UNREADABLE),
    "truncated PNG": lambda: (upload(plain("PNG")[:-60], "a.png"), UNREADABLE),
    "empty": lambda: (upload(b""), UNREADABLE),
    "too heavy": lambda: (upload(plain() + b"\0" * 6 * 2**20), "Ce fichier pèse 6"),
    "JPEG of too many passes": lambda: (upload(many_passes()), UNREADABLE),
}

REDRAWN = {
    "JPEG with a page behind": lambda: (upload(plain() + HTML), b"console.log"),
    "JPEG with an archive behind": lambda: (upload(plain() + zipped()), b"intrus.html"),
    "JPEG with a page in its comment": lambda: (upload(plain(comment=HTML)), b"console.log"),
    "name that climbs": lambda: (upload(plain(), "../../intrus.jpg"), b"intrus"),
    "NUL in the name": lambda: (upload(plain(), "intrus\0.php"), b"intrus"),
    "very long name": lambda: (upload(plain(), "intrus" * 1000 + ".jpg"), b"intrus"),
    "animated WebP": lambda: (
        upload(bytes_of(frames()[0], "WEBP", save_all=True, append_images=frames()[1:])),
        b"ANIM",
    ),
    "animated PNG": lambda: (
        upload(bytes_of(frames()[0], "PNG", save_all=True, append_images=frames()[1:])),
        b"fcTL",
    ),
    "sixteen bits": lambda: (upload(bytes_of(Image.new("I;16", (64, 64), 9), "PNG")), b"IHDR"),
    "CMYK": lambda: (upload(bytes_of(Image.new("CMYK", (64, 64)), "JPEG")), b"Adobe"),
}
