"""Takes the pictures of the guides in a browser; ``bin/guides`` prepares the demonstration."""

import os
import shutil
from io import BytesIO

import django

TALLEST = 900  # pixels of the page that a picture shows
MARGIN = 16
SCALE = 2  # sharp on any screen


def main():
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread
    from playwright.sync_api import sync_playwright

    from guides.scenes import SCENES

    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium")
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=options)
        for play in SCENES.values():
            context = browser.new_context(
                base_url=f"http://127.0.0.1:{server.port}",
                viewport={"width": 1024, "height": 800},
                device_scale_factor=SCALE,
                locale="fr-FR",
            )
            for name, element in play(context.new_page(), enter):
                keep(name, element)
            context.close()
        browser.close()
    server.terminate()


def enter(page, email):
    """Through the door: the code mailed and, for staff, the second factor of development."""
    from outbox.models import Message

    page.goto("/compte/connexion/")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_label("Code reçu").wait_for()
    lines = Message.objects.latest("pk").text.split()
    page.get_by_label("Code reçu").fill(next(line for line in lines if line.isdigit()))
    page.get_by_role("button", name="Me connecter").click()
    page.wait_for_load_state()


def keep(name, element):
    """Write a picture of an element, with a margin, as a small file."""
    from PIL import Image

    from guides.text import IMAGES

    box = element.bounding_box()
    around = {
        "x": max(box["x"] - MARGIN, 0),
        "y": max(box["y"] - MARGIN, 0),
        "width": box["width"] + 2 * MARGIN,
        "height": min(box["height"] + 2 * MARGIN, TALLEST),
    }
    taken = element.page.screenshot(clip=around, full_page=True, animations="disabled")
    path = IMAGES / f"{name}.webp"
    Image.open(BytesIO(taken)).save(path, "WEBP", quality=70, method=6)
    print(f"{path.name} : {path.stat().st_size // 1000} ko", flush=True)


if __name__ == "__main__":
    # Playwright keeps an event loop in this thread, where Django then refuses queries.
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "frenchimpact.settings",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }
    django.setup()
    main()
