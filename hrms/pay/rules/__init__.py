"""Rules of pay; pure. Money is `Decimal` in đồng, dated figures come from the catalogues."""
