"""How many threads torch may use while tests run; a folder's conftest takes the fixture over."""

import pytest
import torch

__all__ = ["one_thread"]


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """Tiny networks: a second thread only waits, and on a busy machine the tests take minutes."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(n_threads)
