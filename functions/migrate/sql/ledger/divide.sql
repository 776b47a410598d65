-- `amount` in parts by weights, by the largest remainders, among equal ones to the earlier part: as a split by weights
-- is divided. No part is above its weight where `amount` is not above their sum. numeric: a product exceeds a bigint.
CREATE OR REPLACE FUNCTION ledger.divide(amount bigint, weights bigint[]) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN (
        WITH exact AS (
            SELECT w.place, div(amount::numeric * w.weight, t.total) AS part, mod(amount::numeric * w.weight, t.total) AS rest
              FROM unnest(weights) WITH ORDINALITY w (weight, place),
                   (SELECT sum(u.weight) AS total FROM unnest(weights) u (weight)) t
        ), ranked AS (
            SELECT e.place, e.part, row_number() OVER (ORDER BY e.rest DESC, e.place) AS rank,
                   amount - sum(e.part) OVER () AS left_over
              FROM exact e
        )
        SELECT array_agg((r.part + CASE WHEN r.rank <= r.left_over THEN 1 ELSE 0 END)::bigint ORDER BY r.place)
          FROM ranked r);
END $$;
REVOKE ALL ON FUNCTION ledger.divide(bigint, bigint[]) FROM PUBLIC;
