"""What became of drafts: every version of every file, in steps that can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the steps, the versions of drafts, and what publishing changed; drafts of before get theirs when
    they are next read."""
    op.create_table(
        "steps",
        sa.Column("step", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("is_decision", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("target", sa.Integer()),
    )
    op.create_table(
        "draft_versions",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("delta", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", "version"),
    )
    op.create_index("ix_draft_versions_step", "draft_versions", ["step"])
    op.add_column("drafts", sa.Column("glance", sa.JSON()))
    op.create_table(
        "step_changes",
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("before", sa.LargeBinary()),
        sa.Column("after", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("step", "kind", "key"),
        sqlite_with_rowid=False,
    )
