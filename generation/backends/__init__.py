"""Language models behind one seam: see base.Backend."""

import os

# torch's threads wait for each other by spinning. Where a web server shares the cores, the spinning keeps the
# thread that is waited for from running: 24 tokens took up to 40 s instead of 1.5. Read when torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
