import pytest


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk():
    """Hundreds of small recordings need not be safe from a power cut. Programs run by tests do wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda descriptor: None)
        yield
