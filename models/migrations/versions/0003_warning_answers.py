"""What people answered to the warnings before a run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "warning_answer",
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(length=64), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_warning_answer_track_id_track")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_answer")),
    )
    op.create_index("ix_warning_answer_track_id_key", "warning_answer", ["track_id", "key"], unique=False)
