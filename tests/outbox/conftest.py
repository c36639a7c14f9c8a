import pytest

from tests.outbox.smtp_server import serving


@pytest.fixture
def smtp(settings):
    """A mail server that the site delivers to."""
    with serving() as server:
        settings.OUTBOX_DELIVERY_BACKEND = "outbox.smtp.DeliveryBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server
