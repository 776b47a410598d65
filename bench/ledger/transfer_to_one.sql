\set payer random(1, :accounts)
\set payee :hot
\set key random(1, 9000000000000000000)
SELECT ledger.post(format('{"operation": "transfer", "transaction_id": "%s%s", "kind": "transfer", "amount": 1, "currency": "EUR", "source": {"wallet_id": "wal_%s", "owned_by": "usr_%s"}, "target": {"wallet_id": "wal_%s"}, "actor_id": "usr_%s", "metadata": {}, "key": {"principal": "usr_%s", "route": "POST /v1/transactions/transfer", "key": "%s", "fingerprint": "bench", "request_id": "bench"}}', ledger.first_id('tx', clock_timestamp()), lpad((:key % 10000000000000000)::text, 16, '0'), lpad((:payer)::text, 26, '0'), lpad((:payer)::text, 26, '0'), lpad((:payee)::text, 26, '0'), lpad((:payer)::text, 26, '0'), lpad((:payer)::text, 26, '0'), (:key)::text)::jsonb);
