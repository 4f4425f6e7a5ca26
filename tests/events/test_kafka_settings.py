"""What must not be set cannot be set, and what must be set is: in the clients we build, and at the broker."""

import json
from collections.abc import Iterator
from contextlib import closing

import kafka
import pytest
from kafka.admin import ConfigResource, ConfigResourceType

from config.settings import SettingsError
from events import topics
from events.kafka import KafkaLog
from events.kafka_client import MAX_MESSAGE_BYTES, checked_options
from events.log import LogError, Message, TopicPartition
from tests.events.log_contract import TOPIC, drain
from tests.events.worker import REFUSED, be_refused
from tests.kafka.broker import Brokers
from tests.kafka.fixtures import CLIENT_LEFTOVERS, fresh
from tests.processes import end, start

pytestmark = CLIENT_LEFTOVERS


@pytest.fixture
def log(kafka_url: str) -> Iterator[KafkaLog]:
    log = KafkaLog.at(kafka_url, options="{}", replication=1)
    yield log
    log.close()


@pytest.mark.parametrize(
    "name",
    [
        "enable_auto_commit", "auto_offset_reset", "acks", "enable_idempotence", "retries", "group_id",
        "bootstrap_servers", "value_deserializer", "max_in_flight_requests_per_connection", "api_version", "",
    ],
)  # fmt: skip
def test_an_option_that_could_cost_messages_is_refused_by_name(name: str) -> None:
    with pytest.raises(SettingsError, match=f"QINGDAN_KAFKA_OPTIONS: '{name}' may not be set"):
        KafkaLog.at("kafka://localhost:9092", options=json.dumps({name: 1}), replication=1)


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "null"])
def test_options_that_are_no_json_object_are_named_without_being_shown(text: str) -> None:
    with pytest.raises(SettingsError, match="QINGDAN_KAFKA_OPTIONS: no JSON"):
        checked_options(text)


def test_options_of_identity_and_encryption_pass() -> None:
    options = {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "PLAIN",
        "ssl_cafile": "ca",
        "client_id": "x",
    }
    assert checked_options(json.dumps(options)) == options


def test_a_consumer_commits_nothing_unasked_and_resets_nothing(log: KafkaLog) -> None:
    log.ensure_topics([TOPIC], partitions=1)
    consumer = log.consumer("g", [TOPIC])
    config = consumer._client.config
    assert config["enable_auto_commit"] is False
    assert config["auto_offset_reset"] == "none"
    assert config["allow_auto_create_topics"] is False
    assert config["key_deserializer"] is config["value_deserializer"] is None
    consumer.close()


def test_a_producer_waits_for_all_copies_and_doubles_nothing(log: KafkaLog) -> None:
    log.ensure_topics([TOPIC], partitions=1)
    producer = log.producer()
    producer.publish([Message(TOPIC, b"k", b"v")])
    config = producer._client.config
    assert config["acks"] in ("all", -1)
    assert config["enable_idempotence"] is True
    assert config["retries"] == float("inf")
    assert config["max_in_flight_requests_per_connection"] <= 5
    assert config["key_serializer"] is config["value_serializer"] is None
    producer.close()


def test_topics_have_the_partitions_and_the_retention_that_we_state(log: KafkaLog) -> None:
    log.ensure_topics(topics.ALL, partitions=3)
    log.ensure_topics(topics.ALL, partitions=5)
    admin = kafka.KafkaAdminClient(**log._cluster.connection)
    for topic in topics.ALL:
        name = log._cluster.wire(topic)
        found = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)], config_filter="all")
        settings = {key: entry["value"] for key, entry in found["topic"][name].items()}
        keep = topics.RETENTION.get(topic)
        assert settings["retention.ms"] == str(int(keep.total_seconds()) * 1000 if keep else -1)
        assert settings["cleanup.policy"] == "delete"
        assert settings["unclean.leader.election.enable"] == "false"
        assert len(log.end_offsets(topic)) == 3
    admin.close()


def test_more_copies_than_brokers_are_refused_by_name(kafka_url: str) -> None:
    log = KafkaLog.at(kafka_url, options="{}", replication=9)
    with pytest.raises(LogError, match="InvalidReplicationFactor"):
        log.ensure_topics([TOPIC], partitions=1)
    log.close()


def test_the_largest_message_passes_and_a_larger_one_is_refused_before_anything_is_sent(
    log: KafkaLog,
) -> None:
    log.ensure_topics([TOPIC], partitions=1)
    producer = log.producer()
    largest = Message(TOPIC, b"k", bytes(MAX_MESSAGE_BYTES - 2000))
    with pytest.raises(LogError, match="the limit is"):
        producer.publish([largest, Message(TOPIC, b"k", bytes(MAX_MESSAGE_BYTES))])
    assert log.end_offsets(TOPIC) == {TopicPartition(TOPIC, 0): 0}
    producer.publish([largest])
    consumer = log.consumer("g", [TOPIC])
    (record,) = drain(consumer, count=1)
    assert record.value == largest.value
    consumer.close()
    producer.close()


def test_installations_with_different_prefixes_do_not_see_each_other(kafka_url: str, log: KafkaLog) -> None:
    other = KafkaLog.at(kafka_url + "x", options="{}", replication=1)
    for each in (log, other):
        each.ensure_topics([TOPIC], partitions=1)
    log.producer().publish([Message(TOPIC, b"k", b"ours")])
    assert not sum(other.end_offsets(TOPIC).values())
    assert [record.topic for record in log.read(TopicPartition(TOPIC, 0), start=0, max_records=9)] == [TOPIC]
    other.close()


def guarded(brokers: Brokers, **given: str) -> str:
    """The options of somebody who knows the password and trusts the brokers' certificate."""
    login = {
        "security_protocol": "SASL_SSL",
        "ssl_cafile": str(brokers.certificate),
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": "qingdan",
        "sasl_plain_password": "open-sesame",
    }
    return json.dumps(login | given)


def test_a_password_and_an_encrypted_line_open_the_door(brokers: Brokers) -> None:
    with closing(KafkaLog.at(fresh(brokers.guarded_url), options=guarded(brokers), replication=1)) as log:
        log.ensure_topics([TOPIC], partitions=1)
        with closing(log.producer()) as producer:
            producer.publish([Message(TOPIC, b"k", b"v")])
        with closing(log.consumer("g", [TOPIC])) as consumer:
            assert len(drain(consumer, count=1)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"sasl_plain_password": "wrong"},
        {"security_protocol": "SASL_PLAINTEXT"},
        {"ssl_cafile": ""},
    ],
)
def test_nobody_gets_in_by_a_wrong_password_in_the_open_or_to_a_broker_he_does_not_trust(
    wrong: dict[str, str], brokers: Brokers
) -> None:
    assert end(start(be_refused, fresh(brokers.guarded_url), guarded(brokers, **wrong))) == REFUSED
