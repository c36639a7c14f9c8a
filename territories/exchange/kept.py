import zlib

from django.core.cache import cache
from django.utils.crypto import get_random_string

KEPT_SECONDS = 1800  # a file waits so long for its second step


class KeptFile:
    """A file between its two steps: in the cache that every process shares, for who sent it."""

    @staticmethod
    def key(user, options, token):
        return f"import:{options.label_lower}:{user.pk}:{token}"

    @classmethod
    def keep(cls, user, options, name, content, digest):
        token = get_random_string(32)
        kept = {"name": name, "content": zlib.compress(content), "digest": digest}
        cache.set(cls.key(user, options, token), kept, KEPT_SECONDS)
        return token

    @classmethod
    def find(cls, user, options, token):
        if not token.isalnum() or len(token) != 32 or not token.isascii():
            return None
        kept = cache.get(cls.key(user, options, token))
        return kept and kept | {"content": zlib.decompress(kept["content"])}

    @classmethod
    def forget(cls, user, options, token):
        cache.delete(cls.key(user, options, token))
