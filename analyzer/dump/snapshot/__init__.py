"""AD Explorer snapshots: objects of all partitions of a forest in one file."""

from analyzer.dump.snapshot.objects import SnapshotEnd, read_object, read_objects
from analyzer.dump.snapshot.opening import Snapshot, open_snapshot

__all__ = ["Snapshot", "SnapshotEnd", "open_snapshot", "read_object", "read_objects"]
