"""Who studies: learners whose memory is the model's, and some whose memory is not what the model takes it for."""

from dataclasses import dataclass

from studyapp.simulation import memory
from studyapp.simulation.memory import DECAY, Floats


@dataclass(frozen=True, slots=True)
class Learner:
    """True recall follows the model's stability times `stability`, on a curve with the exponent `decay`.

    The planner sees the model's stability only, never these two.
    """

    name: str
    says: str
    stability: float = 1.0
    decay: float = DECAY

    def recall(self, days: Floats, stability: Floats) -> Floats:
        """True probability of recall of a memory that the model gives this stability."""
        return memory.recall(days, stability * self.stability, self.decay)


LEARNERS = {
    learner.name: learner
    for learner in (
        Learner("model", "memory as FSRS-6 has it"),
        Learner("weak", "stability 0.6 times the model's", stability=0.6),
        Learner("strong", "stability 1.5 times the model's", stability=1.5),
        Learner("steep", "exponent -0.5: forgets little at first and much later", decay=-0.5),
        Learner("flat", "exponent -0.1: forgets early, then hardly more", decay=-0.1),
    )
}
