"""What the demo's kitchens sell, by cuisine: dishes with their prices in the account's currency."""

from dataclasses import dataclass
from decimal import Decimal

Dish = tuple[str, Decimal]


@dataclass(frozen=True)
class Menu:
    """Guests order `dishes`, the AI offers `extras` on top; `remarks` are wishes for a dish."""

    dishes: tuple[Dish, ...]
    extras: tuple[Dish, ...]
    remarks: tuple[str, ...]


def _priced(*entries: tuple[str, str]) -> tuple[Dish, ...]:
    return tuple((name, Decimal(price)) for name, price in entries)


MENUS = {
    "Seafood": Menu(
        _priced(
            ("Clam chowder", "14.00"),
            ("Lobster roll", "28.00"),
            ("Fish and chips", "22.50"),
            ("Shrimp basket", "19.00"),
            ("Crab cake sandwich", "21.00"),
            ("Grilled salmon bowl", "24.00"),
            ("Mussels in white wine", "18.50"),
            ("Half dozen oysters", "21.00"),
            ("Harbour salad", "13.50"),
        ),
        _priced(("Old-fashioned lemonade", "4.50"), ("Sweet potato fries", "6.50"), ("Key lime pie", "8.00")),
        ("no mayonnaise", "dressing on the side", "gluten-free bun", "extra lemon"),
    ),
    "Wine bar": Menu(
        _priced(
            ("Cheese board", "26.00"),
            ("Charcuterie board", "28.00"),
            ("Burrata with peaches", "17.00"),
            ("Mushroom flatbread", "16.50"),
            ("Steak tartare", "21.00"),
            ("Roast chicken for two", "46.00"),
            ("Marinated olives", "7.00"),
            ("Beet salad", "14.00"),
        ),
        _priced(("Sourdough and butter", "6.00"), ("Chocolate tart", "10.00"), ("Grape spritz", "7.50")),
        ("no nuts", "sliced thin", "dressing on the side"),
    ),
    "Mexican": Menu(
        _priced(
            ("Tacos al pastor", "4.00"),
            ("Carnitas burrito", "13.50"),
            ("Chicken quesadilla", "11.50"),
            ("Baja fish tacos", "4.75"),
            ("Veggie bowl", "12.50"),
            ("Enchiladas verdes", "15.00"),
            ("Pozole rojo", "14.50"),
            ("Nachos for the table", "16.00"),
            ("Tamales, box of six", "18.00"),
        ),
        _priced(("Churros", "8.00"), ("Guacamole and chips", "9.50"), ("Horchata", "4.50")),
        ("no cilantro", "extra salsa verde", "mild, for a child", "corn tortillas"),
    ),
    "French": Menu(
        _priced(
            ("Soupe à l'oignon", "11.00"),
            ("Quiche lorraine", "12.50"),
            ("Croque-monsieur", "13.00"),
            ("Confit de canard", "23.00"),
            ("Blanquette de veau", "22.00"),
            ("Quenelles de brochet", "21.50"),
            ("Salade de chèvre chaud", "14.50"),
            ("Ratatouille", "15.00"),
        ),
        _priced(("Tarte au citron", "8.50"), ("Mousse au chocolat", "7.50"), ("Corbeille de pain", "3.50")),
        ("sans noix", "sauce à part", "sans lardons"),
    ),
}
