"""Pages read by a real scheduler and worker processes: killed ones, and pages that kill."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from hwr_live.bulk.cluster import _results, on_cluster
from hwr_live.cli.main import main
from hwr_live.cli.sample import draw_sample
from hwr_live.errors import HwrError, InputError
from hwr_live.media.images import encode_png
from hwr_live.system.processes import Died, Ready
from tests.support.cluster import cluster

pytest.importorskip("distributed", reason="clusters need distributed: the extra cluster")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9")


def squared(state: int, item: int) -> tuple[int, int]:
    """The process, and the item to this power; 13 kills the process."""
    if item == 13:
        os._exit(9)
    return os.getpid(), item**state


def two() -> int:
    return 2


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with cluster(tmp_path_factory.mktemp("dask"), 2) as where:
        yield where


@pytest.mark.parametrize("where", ["", "tcp://127.0.0.1:1"])
def test_an_address_without_a_scheduler_is_told(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hwr_live.bulk.cluster.TIMEOUT_S", 0.5)
    with pytest.raises(InputError, match="no Dask scheduler"):
        list(on_cluster(where, squared, [1], two))


def test_a_scheduler_without_workers_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with cluster(tmp_path, 0) as where:
        found = on_cluster(where, squared, [1], two)
        monkeypatch.setattr("hwr_live.bulk.cluster.WORKERS_S", 1)
        with pytest.raises(HwrError, match="no workers"):
            next(found)


def test_workers_that_are_all_gone_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with cluster(tmp_path, 1) as where:
        found = on_cluster(where, squared, itertools.count(14), two)
        worker, _ = next(found)  # type: ignore[misc]
        monkeypatch.setattr("hwr_live.bulk.cluster.WORKERS_S", 1)
        os.killpg(os.getpgid(worker), signal.SIGKILL)  # with the nanny that would begin another
        with pytest.raises(HwrError, match="no workers"):
            list(found)


def test_without_its_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"hwr-live\[cluster\]"):
        list(on_cluster("tcp://127.0.0.1:1", squared, [1], two))


def test_results_are_in_order_when_a_worker_is_killed(address: str) -> None:
    items = [*range(12), Ready((0, 77)), *range(14, 40)]
    found, killed = [], False
    for pid, result in on_cluster(address, squared, items, two):  # type: ignore[misc]
        found.append(result)
        if len(found) == 8 and not killed:
            os.kill(pid, signal.SIGKILL)
            killed = True
    assert killed
    assert found == [*(n**2 for n in range(12)), 77, *(n**2 for n in range(14, 40))]


class Late:
    """The future of an item whose result comes when it is waited for once more."""

    def __init__(self, status: str) -> None:
        self.status = status
        self.asked = 0

    def result(self, timeout: float) -> int:
        self.asked += 1
        if self.asked == 1 or self.status == "error":
            raise TimeoutError(f"timed out after {timeout} s.")
        return 4


@pytest.mark.parametrize("status", ["pending", "finished"])
def test_a_result_that_is_late_is_waited_for_again(status: str) -> None:
    """Of one that a lost worker had, the scheduler says that it is there until it finds out."""
    import distributed

    waits: list[None] = []
    client = SimpleNamespace(submit=lambda *_, **__: Late(status), nthreads=lambda: {"a": 1})
    found = list(_results(client, distributed, b"", [2], lambda: waits.append(None)))
    assert found == [4]
    assert len(waits) == 1


def test_an_items_own_timeout_is_not_waited_for() -> None:
    import distributed

    client = SimpleNamespace(submit=lambda *_, **__: Late("error"), nthreads=lambda: {"a": 1})
    with pytest.raises(HwrError):
        list(_results(client, distributed, b"", [2], lambda: None))


def test_what_kills_workers_costs_itself_alone(address: str) -> None:
    found = list(on_cluster(address, squared, [1, 13, 3], two))
    assert found[1] == Died(13)
    assert [one[1] for one in found if not isinstance(one, Died)] == [1, 9]


def test_a_cluster_reads_what_processes_read(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for number in range(5):
        (shelf / f"{number}.png").write_bytes(encode_png(draw_sample()[: 200 + 40 * number]))
    (shelf / "3.png").write_bytes(b"broken")
    results = []
    for name, how in (("here", "--jobs=2"), ("there", f"--dask={address}")):
        out = tmp_path / name
        assert main(["read", str(shelf), "--out", str(out), how, "--format", "alto"]) == 2
        results.append({p.name: p.read_bytes() for p in out.iterdir() if p.is_file()})
        assert "4 read" in capsys.readouterr().err
    assert results[0] == results[1]
    assert len(results[0]) == 5
