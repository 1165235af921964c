"""Published examples that several tests need, as lists of rows."""

from tests.annotation.statistics.designs import NA

# Hayes & Krippendorff (2007), Communication Methods and Measures 1, table 1; a dot is a missing rating. The
# ordinal value is published; the others are those of the authors' macro and of the package krippendorff.
FIVE_OBSERVERS = [
    [NA if score == "." else float(score) for score in row]
    for row in (
        "112.001122.01311211000201001111223222221",
        "1130000.21102311121000302102111122222221",
        "203000222100221123001.30.1012202.2232.21",
        ".13....0.10022...31.103021122..122...12.",
        "2..0001.2....3112..0.0..2.0..20.2.2222.1",
    )
]
# Shrout & Fleiss (1979), Psychol Bull 86, table 2: six targets by four judges.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
PARADOX = [[118, 5], [2, 0]]  # Gwet (2008), Br J Math Stat Psychol 61, the example of the kappa paradox
LOW_PREVALENCE = [[80, 10], [5, 5]]  # Feinstein & Cicchetti (1990), J Clin Epidemiol 43
