"""Results application: the rules bound to a cycle, and the outcomes they propose."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cycle_rule",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), server_default="1", nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("clause", sa.String(length=400), nullable=True),
        sa.Column("quotas", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("applied_by", sa.String(length=64), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_cycle_rule_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle_rule")),
    )
    op.create_index(op.f("ix_cycle_rule_cycle_id"), "cycle_rule", ["cycle_id"], unique=False)
    op.create_table(
        "outcome",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("cycle_rule_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="proposed", nullable=False),
        sa.Column("subject", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("value_title", sa.JSON(), nullable=False),
        sa.Column("proposed", sa.String(length=40), nullable=False),
        sa.Column("changed", sa.String(length=40), nullable=True),
        sa.Column("change_reason", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.String(length=64), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("cites", sa.JSON(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("rule_version", sa.String(length=40), nullable=False),
        sa.Column("runs", sa.JSON(), nullable=False),
        sa.Column("quota_group", sa.String(length=200), server_default="", nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_outcome_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["cycle_rule_id"], ["cycle_rule.id"], name=op.f("fk_outcome_cycle_rule_id_cycle_rule")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outcome_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_outcome_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sa.UniqueConstraint(
            "cycle_rule_id", "subject", "code", "kind", name=op.f("uq_outcome_cycle_rule_id_subject_code_kind")
        ),
    )
    op.create_index("ix_outcome_cycle_id_state", "outcome", ["cycle_id", "state"], unique=False)
    op.create_index(op.f("ix_outcome_person_id"), "outcome", ["person_id"], unique=False)
    op.create_index(op.f("ix_outcome_unit_id"), "outcome", ["unit_id"], unique=False)
