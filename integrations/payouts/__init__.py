"""Reports of payment providers about what their payouts are made of. Pure: no Django, no database."""
