-- A person's saved payment methods as the API shows them, newest first.
CREATE OR REPLACE FUNCTION directory.payment_methods_of(person_id text, at_most integer) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT jsonb_build_object(
               'object', 'payment_method', 'id', m.id, 'created_at', ledger.rfc3339(m.created_at), 'type', 'card',
               'card', jsonb_build_object(
                   'brand', m.brand, 'last4', m.last4, 'exp_month', m.exp_month, 'exp_year', m.exp_year))
      FROM payment.method AS m
     WHERE m.owner_id = person_id AND m.removed_at IS NULL
     ORDER BY m.id DESC LIMIT at_most
$$;
REVOKE ALL ON FUNCTION directory.payment_methods_of(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.payment_methods_of(text, integer) TO app_rw;
