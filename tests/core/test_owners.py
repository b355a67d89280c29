"""Whose something is, in one file."""

from pathlib import Path

from llmviz.core.owners import TEACHER, Owners, teaches


def test_without_a_file_it_is_everybodys_and_stays_so(tmp_path: Path) -> None:
    owners = Owners(tmp_path / "owner")
    owners.add("ann")
    owners.remove("ann")
    assert owners.have("ann") and owners.have("bob") and not owners.others("ann") and not owners.file.exists()


def test_one_begins_others_are_added_and_leave(tmp_path: Path) -> None:
    owners = Owners(tmp_path / "owner")
    owners.begin("ann")
    assert owners.have("ann") and not owners.have("bob") and not owners.others("ann")
    owners.add("bob")
    owners.add("bob")
    assert owners.have("ann") and owners.have("bob") and owners.others("ann") and len(owners.digests or ()) == 2
    owners.remove("ann")
    owners.remove("bob")
    assert owners.digests == frozenset() and not owners.have("ann")  # nobody's, not everybody's


def test_a_teacher_keeps_what_was_theirs(tmp_path: Path) -> None:
    owners = Owners(tmp_path / "owner")
    owners.begin("ann")
    assert owners.have(f"{TEACHER}ann") and not owners.have(f"{TEACHER}bob")
    assert teaches(f"{TEACHER}ann") and not any(map(teaches, ("ann", "teacherann", " teacher ann", "0f" * 16)))


def test_a_damaged_file_is_nobodys(tmp_path: Path) -> None:
    owners = Owners(tmp_path / "owner")
    owners.file.write_bytes(b"\xff\xfe\x00")
    assert not owners.have("ann")


def test_on_a_full_disk_nothing_is_raised(tmp_path: Path) -> None:
    Owners(tmp_path / "not there/owner").begin("ann")
