import gc

from consumers.garbage import as_usual, keep_what_is_loaded


def test_what_is_loaded_is_kept_and_let_go_again() -> None:
    usual = gc.get_threshold()
    loaded = [[] for _ in range(1000)]  # type: ignore[var-annotated]
    try:
        keep_what_is_loaded()
        assert gc.get_freeze_count() > len(loaded)
        assert gc.get_threshold()[0] > usual[0]
    finally:
        as_usual()
    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == usual
