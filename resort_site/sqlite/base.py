"""SQLite as Django runs it, but those who write wait in a queue for their turn: see `turns`."""

from django.db.backends.sqlite3 import base

from resort_site.sqlite.turns import Turns, turns_at


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes a turn where a transaction begins and gives it back where that ends, in whichever way."""

    turn: Turns | None = None

    def _start_transaction_under_autocommit(self) -> None:
        turns = turns_at(str(self.settings_dict["NAME"]))
        # Late is no reason to give up: SQLite's own waiting is left.
        if turns.take(timeout_s=self.settings_dict["OPTIONS"].get("timeout", 5)):
            self.turn = turns
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        if self.turn:
            turn, self.turn = self.turn, None
            turn.give_back()
