"""What others would have built on their first day over the same call_logs, to be measured beside ours.

They run in an environment of their own (requirements-bench.txt), in one process, without a network in
between, read only, and as the table's owner: without row-level security, which is their first-day set-up.
What runs there imports nothing of ours but benchmarks.timing.
"""

# In the order of the report; each list page shows 50 calls.
PAGES = ("first page", "page 1,000", "status filter", "text search")
RIVALS = ("Flask-Admin", "Django admin")
WORD = "table"
