"""Keep when an attachment was first saved, to find those that were never sent. Those of before begin now."""

from datetime import datetime, timezone

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_attachments = sa.table("chatkit_attachments", sa.column("created_at", sa.DateTime))


def upgrade() -> None:
    op.add_column("chatkit_attachments", sa.Column("created_at", sa.DateTime, nullable=True))
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    op.execute(_attachments.update().values(created_at=now))
