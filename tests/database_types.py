"""Write supabase/types/database.types.ts anew from the files of supabase/: `make types`."""

from certus_admin.config import CHECKOUT
from tests.fixtures.database import Clusters
from tests.fixtures.typescript import generated_types

TYPES = CHECKOUT / "supabase" / "types" / "database.types.ts"


def main() -> None:
    """Apply the files to a database of its own, and ask it."""
    clusters = Clusters()
    try:
        _, database = clusters.get("embedded").clone()
        TYPES.write_text(generated_types(database.owner_url), encoding="utf-8")
    finally:
        clusters.stop()


if __name__ == "__main__":
    main()
