"""Attachment bytes in a folder or a bucket, through obstore: `ObjectAttachmentStore`."""

from chatkit.store.objects.store import ObjectAttachmentStore

__all__ = ["ObjectAttachmentStore"]
