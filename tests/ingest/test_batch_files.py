"""Which files a path stands for, and by which name the next run knows them again."""

from pathlib import Path

from app.ingest.batch import files


def ids(*paths: Path) -> list[str]:
    return [file.source_id for file in files(paths)]


def touch(folder: Path, *names: str) -> None:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def test_folder_stands_for_the_yaml_files_below_it(tmp_path: Path) -> None:
    touch(tmp_path, "b.yaml", "a/publiccode.yml", "A.YML", "README.md", ".ci.yml", ".git/c.yml")
    assert ids(tmp_path) == ["A.YML", "a/publiccode.yml", "b.yaml"]


def test_lone_file_goes_by_its_name(tmp_path: Path) -> None:
    touch(tmp_path, "a/publiccode.txt")
    assert ids(tmp_path / "a" / "publiccode.txt") == ["publiccode.txt"]


def test_several_paths_count_from_the_folder_that_holds_them_all(tmp_path: Path) -> None:
    touch(tmp_path, "a/publiccode.yml", "b/publiccode.yml", "c/d/publiccode.yml")
    assert ids(tmp_path / "c", tmp_path / "b" / "publiccode.yml", tmp_path / "a") == [
        "a/publiccode.yml",
        "b/publiccode.yml",
        "c/d/publiccode.yml",
    ]


def test_file_that_is_named_twice_is_taken_once(tmp_path: Path) -> None:
    touch(tmp_path, "a.yml")
    assert ids(tmp_path, tmp_path / "a.yml", tmp_path / "." / "a.yml") == [f"{tmp_path.name}/a.yml"]


def test_missing_path_stays(tmp_path: Path) -> None:
    assert ids(tmp_path / "none.yml") == ["none.yml"]


def test_folder_without_files_stands_for_none(tmp_path: Path) -> None:
    assert ids(tmp_path) == []
