"""Accounts are found by name with or without accents: the folded names are kept beside them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hrms.core.text import fold

revision = "0012_account_search"
down_revision = "0011_account_holders"


def upgrade() -> None:
    op.add_column(
        "accounts", sa.Column("search_key", sa.Text(collation="C"), server_default=sa.text("''"), nullable=False)
    )
    connection = op.get_bind()
    for account_id, username, name in connection.exec_driver_sql(
        "SELECT id, username, display_name FROM accounts"
    ).all():
        connection.execute(
            sa.text("UPDATE accounts SET search_key = :key WHERE id = :id"),
            {"key": fold(f"{username} {name}"), "id": account_id},
        )


def downgrade() -> None:
    op.drop_column("accounts", "search_key")
