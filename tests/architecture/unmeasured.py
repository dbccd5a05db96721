"""Clauses that could be kept or broken and are not measured yet, by the noun they wait for.

The board calls each of them “not in this version”, or shows the page or the fact that there is.
Whoever brings the noun brings the check and takes the clause from here.
"""

UNMEASURED = {
    "complaint": "C-2.2.3 C-5.4.3 B-4.2.3a B-4.2.3b B-4.2.3c D-3.1.4a D-3.2.4a E1-14",
    "client feedback": "A-2.2.4d D-3.1.4c D-3.2.4c",
    "event": """
        B-3.2.1a B-3.2.2a B-3.2.2b B-3.2.2c B-3.2.3a B-3.2.4a B-3.2.4b C-4.3.2 E5-10 E5-22
    """,
    "promotion plan": "C-4.1.1 D-3.1.3a E3-2.2.2",
    "enquiry": "C-5.1.2 C-5.1.3 E7-3.1",
    "sales target": "C-3.1.1 C-3.1.2 C-3.2.1 E2-7 E3-3.2b E3-3.3a E5-14 C-6.2.2a E8-4.1",
    "letter of intent": "B-3.1.4c C-5.2.3",
    "client grade": "B-3.1.2b B-4.3.1 B-4.3.3 E9-4.2b",
    "client plan": "B-4.2.2 C-8.2.1 E6-6.1",
    "member": "D-3.1.4b D-3.3.3d",
    "market analysis": "A-3.1.3b B-2.2.1e C-4.4.2 D-3.2.3c E7-2.3 E8-2.3 E9-4.2a E10-3a",
    "work plan and goals": """
        A-2.2.1a B-2.2.1a C-2.1.2 D-2.2.1a D-3.2.1a E1-7 E1-11 E3-3.1a E4-9.2 E8-2.1 E10-2a
        E6-7.1
    """,
    "strategy": """
        A-2.2.2c C-2.1.3 E3-2.1.3 E6-3.1 E6-4.1 E9-2.1 E9-3.1b E9-3.2b E9-4.1a
    """,
    "evaluation of teams": "A-2.2.1c",
    "leave, outing, attendance": "A-2.2.2a A-4.1.2 B-7.1.2a B-7.1.2b B-7.1.3b E11-1.c",
    "internal problem": """
        A-2.2.2d B-2.2.1b C-8.1.3 D-2.2.1c D-3.2.1b E1-4 E1-19 E7-2.4 E7-3.3 E7-6.1 E8-4.5
        E10-4a
    """,
    "meeting": "A-4.2.1 C-3.2.2 C-8.1.1 C-8.3.1 D-4.1.1a D-4.1.1b",
    "document": "A-4.3.3",
    "conduct case": "E6-1b",
    "budget and expense": "C-3.4.2 E10-5b",
    "risk": "C-9.1.2 C-9.1.3 C-9.2.2 C-9.2.3",
    "project initiation": "C-5.3.1 C-5.3.3 E9-2.2b E9-3.1d",
    "acceptance and settlement": "C-5.5.1 C-5.5.2",
    "scheme review and talks": "A-3.3.1b A-3.3.2b A-3.3.3b E7-3.2",
    "project evaluation report": "A-3.3.6b",
    "project handover": "D-2.1.5a D-4.1.3a D-4.1.3b E8-2.5",
    "opening, patrol, operating data": """
        D-3.1.1a D-3.1.2a D-3.1.2b D-3.1.2c D-3.2.1c D-3.2.2d D-3.3.3c
    """,
    "tender": "E9-3.1g",
    "training plan, needs, evaluation": """
        A-6.3.2 A-6.4.1 A-6.4.4 B-5.1.1 B-5.2.2 B-5.3.1a B-5.3.3 C-7.1.1 C-7.1.3 E10-6a
    """,
    "career and promotion": "B-5.4.2 B-5.4.3 C-7.3.2 C-7.3.3 D-5.2.2a E10-6b",
    "feedback talk and improvement plan": "C-6.3.1 C-6.4.2a C-6.1.3",
    "publicity and HR review": "B-6.3.3a B-6.3.3b",
    "bonus": "B-6.3.4 B-6.4.1a B-6.4.1b D-2.3.4a D-3.3.4a",
    "reward and honour": """
        A-5.5.2 C-6.4.1 C-6.4.3 D-2.3.4c D-3.3.4c E1-16b E4-15 E7-5.4 E8-4.3
    """,
    "several parties of an appraisal": "C-6.1.1 C-6.2.2b C-6.2.2c E2-13 E3-3.5 E4-12 E5-8",
}
