"""Ways around the gate and into what belongs to others, each tried as somebody who means harm would."""
