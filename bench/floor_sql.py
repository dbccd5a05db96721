"""The statements of the floor, written by hand."""

LIST = """
SELECT c.id, c.name, c.stage, c.next_contact_on, c.last_contact_at, u.name,
  (SELECT name FROM crm_contact k WHERE k.client_id = c.id AND k.deleted_at IS NULL
   ORDER BY main DESC, id LIMIT 1),
  (SELECT value FROM crm_contactpoint p WHERE p.client_id = c.id AND p.kind = 'phone'
   ORDER BY id LIMIT 1)
FROM crm_client c JOIN people_user u ON u.id = c.owner_id
WHERE c.deleted_at IS NULL AND c.owner_id = %s {more} ORDER BY c.id DESC LIMIT 50
"""
COUNT = "SELECT count(*) FROM crm_client c WHERE c.deleted_at IS NULL AND c.owner_id = %s {more}"
CLIENT = (
    "SELECT c.id, c.name, c.stage, c.region, u.name FROM crm_client c JOIN people_user u "
    "ON u.id = c.owner_id WHERE c.id = %s AND c.owner_id = %s AND c.deleted_at IS NULL"
)
CONTACTS = (
    "SELECT k.name, p.value FROM crm_contact k LEFT JOIN crm_contactpoint p ON p.contact_id = k.id "
    "WHERE k.client_id = %s AND k.deleted_at IS NULL"
)
DEALS = "SELECT title, stage, amount FROM crm_opportunity WHERE client_id = %s ORDER BY id DESC"
VISITS = (
    "SELECT v.took_place_at, u.name, v.said FROM crm_visit v JOIN people_user u "
    "ON u.id = v.visitor_id WHERE v.client_id = %s ORDER BY v.took_place_at DESC LIMIT 20"
)
SUMS = (
    "SELECT stage, count(*), sum(amount) FROM crm_opportunity "
    "WHERE owner_id = %s AND status = 'open' AND deleted_at IS NULL GROUP BY stage"
)
CARDS = """
SELECT o.id, o.title, o.amount, c.name, u.name, o.stage_since FROM (
  SELECT *, row_number() OVER (PARTITION BY stage ORDER BY stage_since, id) AS place
  FROM crm_opportunity WHERE owner_id = %s AND status = 'open' AND deleted_at IS NULL
) o JOIN crm_client c ON c.id = o.client_id JOIN people_user u ON u.id = o.owner_id
WHERE o.place <= 20
"""
TODAY = (
    "SELECT c.name, v.planned_at FROM crm_visit v JOIN crm_client c ON c.id = v.client_id "
    "WHERE v.visitor_id = %s AND v.status = 'planned' AND v.planned_at < now() + interval '1 day'"
)
DUE = """
SELECT c.id, c.name, c.next_contact_on, k.name, p.value,
  (SELECT said FROM crm_visit v WHERE v.client_id = c.id ORDER BY took_place_at DESC LIMIT 1)
FROM crm_client c LEFT JOIN crm_contact k ON k.client_id = c.id AND k.main
LEFT JOIN crm_contactpoint p ON p.contact_id = k.id
WHERE c.owner_id = %s AND c.deleted_at IS NULL AND c.next_contact_on <= current_date
ORDER BY c.next_contact_on LIMIT 10
"""
NEW_CLIENT = """
INSERT INTO crm_client (created_at, updated_at, version, owner_id, team_id, name, identity, search,
  kind, credit_code, industry, business_scope, preferences, region, address, source, grade, major,
  stage, note, category, own)
VALUES (%s, %s, 1, %s, (SELECT unit_id FROM people_membership WHERE user_id = %s LIMIT 1), %s, %s,
  %s, 'firm', '', '', '', '', '', '', '', '', false, '', '', '', '{}') RETURNING id
"""
NEW_CONTACT = """
INSERT INTO crm_contact (created_at, updated_at, version, client_id, name, post, main, note)
VALUES (%s, %s, 1, %s, %s, '', true, '') RETURNING id
"""
NEW_PHONE = """
INSERT INTO crm_contactpoint (client_id, contact_id, kind, value, extension, tail)
VALUES (%s, %s, 'phone', %s, '', %s) RETURNING id
"""
EXPORT = """
SELECT c.name, c.next_contact_on, c.stage, u.name,
  (SELECT name FROM crm_contact k WHERE k.client_id = c.id AND k.deleted_at IS NULL
   ORDER BY main DESC, id LIMIT 1),
  (SELECT value FROM crm_contactpoint p JOIN crm_contact k ON k.id = p.contact_id
   WHERE p.client_id = c.id AND p.kind = 'phone' AND k.deleted_at IS NULL
   ORDER BY k.main DESC, p.id LIMIT 1),
  c.industry, c.region, c.last_visit_at::text, c.last_contact_at::text, c.created_at::date
FROM crm_client c JOIN people_user u ON u.id = c.owner_id
WHERE c.deleted_at IS NULL ORDER BY c.id DESC LIMIT %s
"""
IMPORT_TABLE = """
CREATE TEMPORARY TABLE incoming (name text, identity text, contact text, phone text, day text)
ON COMMIT DROP
"""
IMPORT = """
WITH fit AS (
  SELECT DISTINCT ON (identity) * FROM incoming i
  WHERE name <> '' AND phone ~ '^1[0-9]{10}$' AND day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
    AND NOT EXISTS (SELECT 1 FROM crm_client c WHERE c.identity = i.identity)
    AND NOT EXISTS (SELECT 1 FROM crm_contactpoint p WHERE p.value = '+86' || i.phone)
), firms AS (
  INSERT INTO crm_client (created_at, updated_at, version, owner_id, team_id, name, identity,
    search, kind, credit_code, industry, business_scope, preferences, region, address, source,
    grade, major, stage, note, category, own, next_contact_on)
  SELECT now(), now(), 1, %(owner)s, (SELECT min(id) FROM people_unit), name, identity, name,
    'firm', '', '', '', '', '', '', '', '', false, '', '', '', '{}', day::date FROM fit
  RETURNING id, identity
), people AS (
  INSERT INTO crm_contact (created_at, updated_at, version, client_id, name, post, main, note)
  SELECT now(), now(), 1, firms.id, contact, '', true, '' FROM fit JOIN firms USING (identity)
  RETURNING id, client_id
)
INSERT INTO crm_contactpoint (client_id, contact_id, kind, value, extension, tail)
SELECT people.client_id, people.id, 'phone', '+86' || phone, '', right(phone, 4)
FROM fit JOIN firms USING (identity) JOIN people ON people.client_id = firms.id
"""
ROLLUP_FIRST = """
CREATE TEMPORARY TABLE firsts ON COMMIT DROP AS
SELECT p.id AS participant_id, c.id AS client_id, c.name, k.signed_on,
  c.size_rating IS NOT NULL AND c.spending_rating IS NOT NULL AS rated,
  (c.size_rating + c.spending_rating) * 10.0 AS quality
FROM appraisal_participant p
JOIN crm_contract k ON k.signed_owner_id = p.owner_id JOIN crm_client c ON c.id = k.client_id
WHERE p.cycle_id = %(cycle)s AND k.deleted_at IS NULL AND k.status = 'signed'
  AND k.signed_on BETWEEN %(start)s AND %(end)s
  AND NOT EXISTS (
    SELECT 1 FROM crm_contract e WHERE e.client_id = k.client_id AND e.deleted_at IS NULL
      AND e.status = 'signed' AND (e.signed_on, e.id) < (k.signed_on, k.id))
"""
ROLLUP_REPEATS = """
CREATE TEMPORARY TABLE repeats ON COMMIT DROP AS
SELECT p.id AS participant_id, c.id AS client_id, c.name, k.signed_on,
  CASE WHEN k.held > 1 THEN 100 ELSE 0 END AS value
FROM appraisal_participant p JOIN (
  SELECT signed_owner_id, client_id, count(*) AS held, max(signed_on) AS signed_on
  FROM crm_contract
  WHERE deleted_at IS NULL AND status = 'signed' AND signed_on <= %(end)s
  GROUP BY signed_owner_id, client_id
) k ON k.signed_owner_id = p.owner_id JOIN crm_client c ON c.id = k.client_id
WHERE p.cycle_id = %(cycle)s
"""
ROLLUP_LINES = """
INSERT INTO appraisal_line (participant_id, indicator, part, rated, metric, value, target)
SELECT p.id, part.indicator, part.key, part.rated, part.metric,
  CASE part.metric WHEN 'crm.new_clients' THEN coalesce(f.number, 0)
    WHEN 'crm.new_client_quality' THEN f.quality WHEN 'crm.repeat_rate' THEN r.rate END,
  part.target
FROM appraisal_participant p
CROSS JOIN (VALUES
  ('new_clients', 'number', false, 'crm.new_clients', 12),
  ('new_clients', 'quality', false, 'crm.new_client_quality', 100),
  ('satisfaction', 'survey', false, 'crm.satisfaction', 5),
  ('relation_loyalty', 'repeat', false, 'crm.repeat_rate', 100),
  ('attitude', 'rating', true, '', NULL),
  ('ability', 'rating', true, '', NULL)
) AS part (indicator, key, rated, metric, target)
LEFT JOIN (
  SELECT participant_id, count(*) AS number, round(avg(quality) FILTER (WHERE rated), 6) AS quality
  FROM firsts GROUP BY participant_id
) f ON f.participant_id = p.id
LEFT JOIN (
  SELECT participant_id, round(avg(value), 6) AS rate FROM repeats GROUP BY participant_id
) r ON r.participant_id = p.id
WHERE p.cycle_id = %(cycle)s
"""
ROLLUP_EVIDENCE = """
INSERT INTO appraisal_evidence
  (line_id, about_type_id, about_id, about_label, label, "on", value, counted, note)
SELECT l.id, %(kind)s, found.client_id, left(name, 200), left(name, 200), signed_on, found.value,
  counted, note
FROM (
  SELECT participant_id, 'crm.new_clients' AS metric, client_id, name, signed_on, 1 AS value,
    true AS counted, '' AS note FROM firsts
  UNION ALL
  SELECT participant_id, 'crm.new_client_quality', client_id, name, signed_on,
    CASE WHEN rated THEN quality ELSE 0 END, rated, CASE WHEN rated THEN '' ELSE %(note)s END
  FROM firsts
  UNION ALL
  SELECT participant_id, 'crm.repeat_rate', client_id, name, signed_on, value, true, ''
  FROM repeats
) found
JOIN appraisal_line l ON l.participant_id = found.participant_id AND l.metric = found.metric
"""
ROLLUP = (ROLLUP_FIRST, ROLLUP_REPEATS, ROLLUP_LINES, ROLLUP_EVIDENCE)
ROLLED_UP = """
SELECT l.metric, count(*), sum(l.value), sum(l.target), sum(e.rows), sum(e.counted), sum(e.value)
FROM appraisal_line l LEFT JOIN (
  SELECT line_id, count(*) AS rows, count(*) FILTER (WHERE counted) AS counted, sum(value) AS value
  FROM appraisal_evidence GROUP BY line_id
) e ON e.line_id = l.id
GROUP BY l.metric ORDER BY l.metric
"""
