from django.urls import path

from appraisal.views import appeals, cycles, papers, scores, trial

app_name = "appraisal"
urlpatterns = [
    path("", scores.Mine.as_view(), name="mine"),
    path("evaluations/", scores.Evaluations.as_view(), name="evaluations"),
    path("scores/<int:pk>", scores.ScoreDetail.as_view(), name="score"),
    path("scores/<int:pk>/self-review", scores.SelfReview.as_view(), name="self-review"),
    path("scores/<int:pk>/evaluation", scores.Evaluation.as_view(), name="evaluation"),
    path("scores/<int:pk>/adjust", scores.Adjust.as_view(), name="adjust"),
    path("scores/<int:pk>/fix", scores.Fix.as_view(), name="fix"),
    path("scores/<int:pk>/acknowledge", scores.Acknowledge.as_view(), name="acknowledge"),
    path("scores/<int:pk>/appeal", appeals.FileAppeal.as_view(), name="appeal-create"),
    path("reviews/<int:pk>/pdf", papers.ReviewPdf.as_view(), name="review-pdf"),
    path("appeals/", appeals.AppealList.as_view(), name="appeal-list"),
    path("appeals/<int:pk>", appeals.AppealDetail.as_view(), name="appeal"),
    path("appeals/<int:pk>/accept", appeals.AcceptAppeal.as_view(), name="appeal-accept"),
    path("appeals/<int:pk>/hand-on", appeals.HandOnAppeal.as_view(), name="appeal-hand-on"),
    path("appeals/<int:pk>/take-further", appeals.TakeFurther.as_view(), name="appeal-further"),
    path("appeals/<int:pk>/decide", appeals.DecideAppeal.as_view(), name="appeal-decide"),
    path("cases/<int:pk>", appeals.CaseDetail.as_view(), name="case"),
    path("cases/<int:pk>/propose", appeals.ProposeMeasure.as_view(), name="case-propose"),
    path("cycles/", cycles.CycleList.as_view(), name="cycle-list"),
    path("cycles/<int:pk>", cycles.CycleDetail.as_view(), name="cycle"),
    path("cycles/<int:pk>/open", cycles.Open.as_view(), name="cycle-open"),
    path("cycles/<int:pk>/collect", cycles.Collect.as_view(), name="cycle-collect"),
    path("cycles/<int:pk>/nudge", cycles.Nudge.as_view(), name="cycle-nudge"),
    path("cycles/<int:pk>/fix", cycles.FixAll.as_view(), name="cycle-fix"),
    path("cycles/<int:pk>/deliver", cycles.Deliver.as_view(), name="cycle-deliver"),
    path("cycles/<int:pk>/close", cycles.Close.as_view(), name="cycle-close"),
    path("cycles/<int:pk>/reopen", cycles.Reopen.as_view(), name="cycle-reopen"),
    path("cycles/<int:pk>/targets/new", cycles.SetTarget.as_view(), name="target-create"),
    path("targets/<int:pk>/remove", cycles.RemoveTarget.as_view(), name="target-remove"),
    path("cycles/<int:pk>/workbook", cycles.Workbook.as_view(), name="workbook"),
    path("trial", trial.Trial.as_view(), name="trial"),
]
