-- A running case may go on in another version of its flow, in which a step has another name: the papers that wait for a decision follow. Runs as workflow_owner, in one transaction.
grant update (activity_id, until) on internal_papers to workflow_engine;
