"""Golden cases of the checks: title, claim, document, expected (kind, what the claim has, what the document
has)."""

HEALTH = (
    "A data breach at HealthEC LLC has impacted nearly 4.5 million people, with highly sensitive medical "
    "information accessed by cyber attackers. In a notice on its website dated December 22, 2023, "
    "HealthEC revealed that an unknown actor accessed some of its systems between July 14 and July 23, "
    "resulting in certain files being copied. Additionally, 17 US healthcare organizations were impacted "
    "by the breach."
)
PORT = (
    "The council of Port Ansel approved a weight charge for cars on Tuesday. Mayor Ilse Brandt said the "
    "fee would rise from 2 to 4 euros a day in March 2026. The Environmental Protection Board opposed the"
    " plan. “We were not asked”, said its head, Tomas Reuter. Fewer than 300 drivers signed the petition "
    "against it."
)
Case = tuple[str, str, str, list[tuple[str, str, str]]]

FALSE: list[Case] = [
    (
        "a number ten times too large and another month",
        "HealthEC lost the data of 45 million patients in June.",
        HEALTH,
        [("number", "45 million patients", "4.5 million people"), ("date", "June", "July 14")],
    ),
    ("the wrong scale word", "The breach impacted nearly 4.5 billion people.", HEALTH,
     [("number", "4.5 billion people", "4.5 million people")]),
    ("another year", "HealthEC published its notice in December 2021.", HEALTH, [("date", "2021", "2023")]),
    ("approved against rejected", "The council of Port Ansel rejected a weight charge for cars.", PORT,
     [("opposite", "rejected", "approved")]),
    ("a weekday", "The council of Port Ansel approved a weight charge for cars on Friday.", PORT,
     [("date", "Friday", "Tuesday")]),
    ("another unit", "The fee would rise from 2 to 4 dollars a day, Ilse Brandt said.", PORT,
     [("number", "4 dollars", "4 euros")]),
    ("a denial", "The council of Port Ansel did not approve a weight charge for cars.", PORT,
     [("negation", "not approve", "approved")]),
    ("another name", "Mayor Henrik Olsen said the fee would rise in March.", PORT,
     [("name", "Henrik Olsen", "Ilse Brandt")]),
    ("a comparison turned round", "More than 300 drivers signed the petition against it.", PORT,
     [("comparison", "300 drivers", "300 drivers")]),
    ("words nobody said", "Tomas Reuter, the head of the board, said “we will sue the council”.", PORT,
     [("quote", "we will sue the council", "")]),
]  # fmt: skip

TRUE: list[tuple[str, str, str]] = [
    ("rounded and reworded", "A breach at HealthEC affected about 4.5 million people.", HEALTH),
    ("in figures", "Nearly 4,500,000 people were impacted by a data breach at HealthEC.", HEALTH),
    ("doubled", "The fee for cars in Port Ansel doubled, Ilse Brandt said.", PORT),
    ("a short name", "The EPB opposed the plan of a weight charge.", PORT),
    ("a surname alone", "Brandt said the fee would rise in March.", PORT),
    ("a word for the same", "The council of Port Ansel accepted a weight charge for cars.", PORT),
    ("the quotation as it is", "Tomas Reuter said “we were not asked”.", PORT),
]
