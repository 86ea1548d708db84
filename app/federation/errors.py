"""What federation refuses. Errors state facts; `app.api.problems` gives them a status.

FederationError
├── PeerNotFound
├── RunNotFound
├── NothingToConfirm   the harvest did not stop because so much would have gone
├── SecretsRefused     there is no key to seal secrets with
└── SecretLost         none of the keys opens what was sealed
"""


class FederationError(Exception):
    """Anything federation refuses to do."""


class PeerNotFound(FederationError):
    """No peer has this id."""

    def __init__(self, id: str) -> None:
        super().__init__(f"No peer with id {id}.")
        self.id = id


class RunNotFound(FederationError):
    """The peer has no harvest with this id, or not any more."""

    def __init__(self, id: str) -> None:
        super().__init__(f"No harvest with id {id}.")
        self.id = id


class NothingToConfirm(FederationError):
    """Only the last harvest of a peer can wait for somebody to confirm it, if so much would go."""

    def __init__(self, id: str) -> None:
        super().__init__(f"The harvest {id} does not wait for anybody.")
        self.id = id


class SecretsRefused(FederationError):
    """Without a key, secrets cannot be sealed."""

    def __init__(self) -> None:
        super().__init__("Secrets are sealed with PASETO_KEY, which is not set.")


class SecretLost(FederationError):
    """The key was changed since this secret was sealed."""

    def __init__(self) -> None:
        super().__init__("The secret was sealed with another PASETO_KEY; set it anew.")
