"""What the list of orders can be narrowed by."""

from certus_admin.queries.orders import FULFILLMENT_TYPES, ORDER_STATUSES, OrderFilters
from forms.filters import ChecksField, FilterForm, choices


class OrderFilterForm(FilterForm):
    """The filters of /orders/."""

    status = ChecksField("Status", choices=choices(ORDER_STATUSES))
    fulfillment_type = ChecksField("Fulfilment", choices=choices(FULFILLMENT_TYPES, dine_in="Dine in"))

    def filters(self) -> OrderFilters:
        """The filters as `list_orders` takes them."""
        return OrderFilters(
            account_id=self.account_id,
            location_id=self.location_id,
            dates=self.dates,
            statuses=tuple(self.status.data or ()),
            fulfillment_types=tuple(self.fulfillment_type.data or ()),
        )
