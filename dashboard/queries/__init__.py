"""The only place where recordings, analyses and the cache meet. Callbacks ask here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dashboard.database import Database
from dashboard.queries.annotations import AnnotationQueries
from dashboard.queries.as_python.lines import PythonQueries
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.beside import ClusterBesideQueries
from dashboard.queries.clusters.detail import ClusterDetailQueries
from dashboard.queries.clusters.overview import ClusterQueries
from dashboard.queries.clusters.view import ClustersViewQueries
from dashboard.queries.compare.activity import CompareActivityQueries
from dashboard.queries.compare.chosen import ChosenQueries
from dashboard.queries.compare.common import CommonQueries
from dashboard.queries.compare.facts import CompareFactQueries
from dashboard.queries.compare.layers import CompareLayerQueries
from dashboard.queries.compare.memory import CompareMemoryQueries
from dashboard.queries.compare.response import CompareResponseQueries
from dashboard.queries.compare.steps import CompareStepQueries
from dashboard.queries.compare.units import CompareUnitQueries
from dashboard.queries.compare.view import CompareViewQueries
from dashboard.queries.contents import ContentQueries
from dashboard.queries.findings.findings import FindingQueries
from dashboard.queries.match.beside import BesideQueries
from dashboard.queries.match.matches import MatchQueries
from dashboard.queries.match.view import MatchViewQueries
from dashboard.queries.memory.beside import MemoryBesideQueries
from dashboard.queries.memory.classes import MemoryClassQueries
from dashboard.queries.memory.directions import MemoryDirectionQueries, RememberedDirections
from dashboard.queries.memory.overview import MemoryQueries
from dashboard.queries.memory.properties import MemoryPropertyQueries
from dashboard.queries.memory.results import MemoryResults
from dashboard.queries.memory.run import MemoryRunQueries
from dashboard.queries.memory.second import MemorySecondQueries
from dashboard.queries.memory.status import MemoryStatusQueries
from dashboard.queries.memory.units import MemoryUnitQueries
from dashboard.queries.memory.view import MemoryViewQueries
from dashboard.queries.memory.where import MemoryWhereQueries
from dashboard.queries.networks import LiveNetworks
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.responses import ResponseQueries
from dashboard.queries.search import SearchQueries
from dashboard.queries.selection import SelectionQueries
from dashboard.queries.sentences.detail import SentenceDetailQueries
from dashboard.queries.sentences.example import SentenceExampleQueries
from dashboard.queries.sentences.glyphs import SentenceQueries
from dashboard.queries.sentences.list import SentenceListQueries
from dashboard.queries.sentences.reading import PassageQueries
from dashboard.queries.sentences.view import SentencesViewQueries
from dashboard.queries.training import TrainingQueries
from dashboard.queries.verification import VerificationQueries
from dashboard.queries.window import WindowQueries

__all__ = ["Queries"]


class Queries:
    """All questions the pages ask. Safe to share between threads."""

    def __init__(
        self,
        data_dir: Path,
        cache: AnswerCache,
        *,
        lets_see: Callable[[str], bool] | None = None,
        database: Database | None = None,
    ) -> None:
        self.recordings = RecordingQueries(data_dir, lets_see)
        self.findings = FindingQueries(database or Database("", data_dir), self.recordings)
        self.annotations = AnnotationQueries(cache)
        self.contents = ContentQueries(self.recordings, cache)
        self.training = TrainingQueries(self.recordings)
        self.verification = VerificationQueries(self.recordings)
        self.view = MatchViewQueries(self.recordings)
        self.window = WindowQueries(self.recordings, self.annotations)
        self.selection = SelectionQueries(self.recordings, cache)
        self.match = MatchQueries(self.recordings, self.selection, self.annotations, cache)
        self.beside = BesideQueries(
            self.recordings, window=self.window, selection=self.selection, match=self.match, cache=cache
        )
        self.search = SearchQueries(self.recordings, cache)
        self.responses = ResponseQueries(cache)
        self.clusters = ClusterQueries(self.recordings, self.responses, self.annotations, cache)
        self.cluster_detail = ClusterDetailQueries(self.recordings, self.responses, cache)
        self.clusters_view = ClustersViewQueries(self.recordings)
        self.clusters_beside = ClusterBesideQueries(
            self.recordings, self.responses, self.clusters, self.cluster_detail, cache
        )
        self.networks = LiveNetworks(self.recordings)
        passages = PassageQueries(self.recordings, self.networks, cache)
        self.sentences = SentenceQueries(self.recordings, passages, self.clusters, self.annotations, cache)
        self.sentence_detail = SentenceDetailQueries(
            self.recordings, passages, self.clusters, self.responses, cache
        )
        self.sentence_list = SentenceListQueries(self.recordings, cache)
        self.sentence_example = SentenceExampleQueries(
            self.recordings, self.sentence_list, passages, self.networks, cache
        )
        self.sentences_view = SentencesViewQueries(self.recordings, self.sentence_example)
        self._remember(cache)
        self._compare(cache)
        self.cache = cache

    def _remember(self, cache: AnswerCache) -> None:
        """The questions of the Memory page."""
        results = MemoryResults(cache)
        remembered = RememberedDirections(results, cache)
        self.memory_view = MemoryViewQueries(self.recordings, results)
        self.memory_status = MemoryStatusQueries(self.recordings, results, cache)
        self.memory_run = MemoryRunQueries(self.recordings, results)
        self.memory = MemoryQueries(self.recordings, results)
        self.memory_classes = MemoryClassQueries(self.recordings, results, self.annotations, cache)
        self.memory_properties = MemoryPropertyQueries(self.recordings, results, remembered, cache)
        self.memory_directions = MemoryDirectionQueries(self.recordings, results, cache)
        self.memory_units = MemoryUnitQueries(self.recordings, results, cache)
        self.memory_where = MemoryWhereQueries(self.recordings, self.networks, cache)
        self.memory_beside = MemoryBesideQueries(
            MemorySecondQueries(self.recordings, results, cache),
            results,
            status=self.memory_status,
            classes=self.memory_classes,
            properties=self.memory_properties,
            directions=self.memory_directions,
            where=self.memory_where,
        )
        self.as_python = PythonQueries(self.recordings, self.clusters, self.clusters_beside, results)

    def _compare(self, cache: AnswerCache) -> None:
        """The questions of the Compare page."""
        chosen, common = ChosenQueries(self.recordings), CommonQueries(self.recordings, cache)
        self.compare_view = CompareViewQueries(self.recordings, common)
        self.compare_facts = CompareFactQueries(chosen, common, cache)
        self.compare_activity = CompareActivityQueries(chosen, cache)
        self.compare_layers = CompareLayerQueries(chosen, common, cache)
        self.compare_units = CompareUnitQueries(chosen, common, self.compare_layers, cache)
        self.compare_response = CompareResponseQueries(chosen, self.compare_layers, self.responses, cache)
        self.compare_memory = CompareMemoryQueries(chosen, MemoryResults(cache))
        self.compare_steps = CompareStepQueries(
            self.recordings,
            chosen,
            self.compare_facts,
            self.compare_activity,
            self.compare_response,
            self.compare_memory,
            self.compare_layers,
        )
