import asyncio
import threading

import pytest

from handeye.environments.errors import ActionRejected, EnvironmentLost
from handeye.environments.owner_thread import OwnerThread


async def where() -> str:
    return threading.current_thread().name


def test_coroutines_run_on_the_thread() -> None:
    thread = OwnerThread("owner")
    assert thread.call(where(), 60) == "owner"
    thread.stop()


def test_errors_come_through() -> None:
    async def reject() -> None:
        raise ActionRejected("no")

    thread = OwnerThread("owner")
    with pytest.raises(ActionRejected, match="no"):
        thread.call(reject(), 60)
    thread.stop()


def test_what_takes_too_long_is_cancelled() -> None:
    cancelled = threading.Event()

    async def forever() -> None:
        try:
            await asyncio.sleep(600)
        finally:
            cancelled.set()

    thread = OwnerThread("owner")
    with pytest.raises(EnvironmentLost, match=r"no answer within 0\.1 s"):
        thread.call(forever(), 0.1)
    assert cancelled.wait(60)
    thread.stop()


def test_it_works_inside_another_loop() -> None:
    thread = OwnerThread("owner")

    async def inside() -> str:
        return thread.call(where(), 60)

    assert asyncio.run(inside()) == "owner"
    thread.stop()


def test_stopping_ends_what_runs_and_later_calls() -> None:
    thread = OwnerThread("owner")
    errors: list[Exception] = []
    begun = threading.Event()

    async def last() -> None:
        begun.set()
        await asyncio.sleep(600)

    def call() -> None:
        try:
            thread.call(last(), 600)
        except EnvironmentLost as error:
            errors.append(error)

    caller = threading.Thread(target=call)
    caller.start()
    assert begun.wait(60)
    thread.stop()
    thread.stop()
    caller.join(60)
    assert not caller.is_alive() and len(errors) == 1
    with pytest.raises(EnvironmentLost, match="closed"):
        thread.call(where(), 60)
