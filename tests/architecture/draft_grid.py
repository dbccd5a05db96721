import sys,time,json,collections
sys.path.insert(0,"/work/main")
import pytest
from django.db import transaction
from django.test import Client as Browser
from expansion import clock
from expansion.ui import counts
from tests import cast as company
from tests.architecture import records as R
from tests.architecture.doors import *

def kind_for(name):
    import re
    base=name.split(":")[-1]
    room=name.split(":")[0]
    M=[("crm:client-list",None)]
    table={"people:person":"person","people:seat-open":"person","people:seat-end":"seat","people:mandate":"mandate","people:token":"token","audit:entry":"entry","rulebook:":"draft","files:add":"client:crm.client","files:":"file","jobs:":"job","notices:":"notice","approvals:note":"note","approvals:":"request","office:":"work-report","transfer:import-create":"-:crm.clients","transfer:import-template":"-:crm.clients","transfer:import":"import","transfer:export-create":"-:crm.clients","transfer:export":"export",
    "crm:client":"client","crm:contact-create":"client","crm:contact-":"contact","crm:point":"point","crm:lead":"lead","crm:opportunity":"opportunity",
    "crm:visit-record":"plan-of-visit","crm:visit-reschedule":"plan-of-visit","crm:visit-cancel":"plan-of-visit","crm:visit-check-in":"plan-of-visit","crm:visit":"visit",
    "crm:obligation-create":"contract","crm:obligation-":"obligation","crm:contract":"contract",
    "partnerships:partner":"partner","partnerships:milestone-create":"project","partnerships:milestone":"milestone","partnerships:project":"project",
    "training:session":"session","training:enrolment":"enrolment","training:course":"course",
    "research:report":"study","research:plan":"plan","research:finding":"finding",
    "appraisal:appeal-create":"score","appraisal:appeal":"appeal","appraisal:case":"case","appraisal:cycle":"cycle","appraisal:target":"cycle","appraisal:workbook":"cycle","appraisal:":"score",
    "api-people-people":"person","api-people-units":"unit","api-rulebook":"draft","api-approvals-requests":"request","api-approvals-inbox":"step","api-office":"work-report",
    "api-crm-clients":"client","api-crm-contacts":"contact","api-crm-points":"point","api-crm-leads":"lead","api-crm-opp":"opportunity","api-crm-visits-act-comment":"visit","api-crm-visits-act":"plan-of-visit","api-crm-visits":"visit","api-crm-comm":"communication","api-crm-contracts":"contract","api-crm-obl":"obligation",
    "api-research-findings":"finding","api-research-plans":"plan","api-research-reports":"study","api-partnerships-partners":"partner","api-partnerships-projects":"project","api-partnerships-milestones":"milestone","api-partnerships-checks":"check","api-training-courses":"course","api-training-sessions":"session","api-training-enrol":"enrolment","api-appraisal":"result"}
    for k,v in table.items():
        if name.startswith(k): return v
    return "?"
@pytest.mark.django_db
def test_draft(django_db_setup, django_db_blocker):
    import logging; logging.disable(logging.CRITICAL)
    with django_db_blocker.unblock(), clock.clock_at(company.NOW), transaction.atomic():
        t=time.time(); counts.forget()
        cast=company.assemble(); house=R.build(cast)
        print("built",time.time()-t)
        house.cast=cast
        browsers={}
        for n,p in cast.everyone().items():
            b=Browser(raise_request_exception=False)
            if p.is_authenticated: b.force_login(p)
            browsers[n]=b
        out=open("/tmp/b/observed.txt","w"); t0=time.time()
        leaks=[]
        from expansion import access
        for name,door in doors().items():
            kind=kind_for(name) if ("pk" in door.pattern or "str:" in door.pattern) else "-"
            try: addr=door.address(house,kind)
            except Exception as e: print("NOADDR",name,kind,repr(e)); continue
            for m in sorted(door.methods):
                got=collections.defaultdict(list); t=time.time()
                for n,b in browsers.items():
                    try: a=knock(b,m,addr,R.plausible(house)); o=str(a.status_code); o="done" if m!="GET" and a.status_code<400 else "unfit" if m!="GET" and a.status_code in (400,409,422,428) else o
                    except Exception as e: a=None; o="EXC "+repr(e)[:100]
                    got[o].append(n)
                    if a is not None:
                        for mk in set(re.findall(r"zq([a-z-]+?)qz",words_of(a))):
                            r=house.records[mk]
                            p=cast.everyone()[n]
                            if not p.is_authenticated or not access.can(p,"view",r):
                                leaks.append((name,m,n,mk,o))
                if sum(1 for o in got if o in("done","unfit"))==2: print("MIX",m,name,dict(got))
                out.write(f"{m} {name} {kind} {addr} {time.time()-t:.2f}s | "+" ; ".join(f"{k}: {' '.join(v)}" for k,v in sorted(got.items()))+"\n"); out.flush()
        print("knocked",time.time()-t0)
        for l in leaks: print("LEAK",*l)
        transaction.set_rollback(True)
