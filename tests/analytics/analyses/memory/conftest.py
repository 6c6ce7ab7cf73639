from tests.small_disk import small_disk
from tests.torch_threads import one_thread

__all__ = ["one_thread", "small_disk"]
