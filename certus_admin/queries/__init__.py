"""The typed query helpers: one answer each, its statement beside it. Their TypeScript twins carry the same names."""

from certus_admin.queries.places import Place, list_places

__all__ = ["Place", "list_places"]
