"""Tell when a checkpoint was written, to find the turns of workers that have died."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is there was written by a worker that runs no more: 0 says that it was long ago.
    op.add_column(
        "chatkit_checkpoints", sa.Column("written_at", sa.Double, nullable=False, server_default="0")
    )
    op.create_index("chatkit_checkpoints_by_age", "chatkit_checkpoints", ["written_at"])
