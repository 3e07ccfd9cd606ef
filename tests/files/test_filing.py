"""Stores that know a thread's attachments (`FilingStore`)."""

from typing import Any, cast

import pytest

from chatkit.store import FilingStore, Store
from chatkit.types import FileAttachment


@pytest.mark.parametrize("store", ["memory", "sqlite"], indirect=True)
async def test_a_store_lists_the_attachments_of_a_thread_to_its_owner_alone(store: Store[Any]) -> None:
    """ST-10, protocol.md §14.3"""
    assert isinstance(store, FilingStore)
    filing = cast("FilingStore[Any]", store)
    for id, thread in (("atc_1", "thr_1"), ("atc_2", "thr_1"), ("atc_3", "thr_2"), ("atc_4", None)):
        record = FileAttachment(id=id, name="a", mime_type="text/plain", thread_id=thread)
        await store.save_attachment(record, "alice")
    assert sorted(await filing.attachments_of("thr_1", "alice")) == ["atc_1", "atc_2"]
    assert await filing.attachments_of("thr_1", "bob") == []
    assert await filing.attachments_of("thr_none", "alice") == []
    await store.delete_attachment("atc_1", "alice")
    assert await filing.attachments_of("thr_1", "alice") == ["atc_2"]
