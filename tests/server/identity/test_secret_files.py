from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.identity.secret_files import secret_of


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    key = secret_of(tmp_path, "status-codes.key")
    assert len(key) == 32
    assert secret_of(tmp_path, "status-codes.key") == key
    assert (tmp_path / "secrets" / "status-codes.key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "secrets").iterdir()] == ["status-codes.key"]


def test_two_first_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: secret_of(tmp_path, "k"), range(32)))) == 1


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    secret_of(tmp_path, "k")
    (tmp_path / "secrets" / "k").write_bytes(b"short")
    with pytest.raises(ValueError, match="not a key"):
        secret_of(tmp_path, "k")
