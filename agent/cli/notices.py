"""What the user should know about the models that decide, on standard error."""

from rich.console import Console

from handeye.agent.policies.backend import notices_of


class Notices:
    """Prints each notice once."""

    def __init__(self, *told: str) -> None:
        """`told` are notices that were printed already."""
        self._told = {*told}
        self._console = Console(stderr=True, highlight=False)

    def tell(self, *parts: object) -> None:
        """Print what is new of a policy, or of anything else that may have notices."""
        for notice in notices_of(*parts):
            if notice not in self._told:
                self._told.add(notice)
                self._console.print(notice, style="yellow", soft_wrap=True, markup=False)
