from django.urls import path

from partnerships.views import partners, projects

app_name = "partnerships"

PARTNERS = [
    path("partners/", partners.PartnerList.as_view(), name="partner-list"),
    path("partners/new", partners.PartnerCreate.as_view(), name="partner-create"),
    path("partners/<int:pk>", partners.PartnerDetail.as_view(), name="partner"),
    path("partners/<int:pk>/edit", partners.PartnerEdit.as_view(), name="partner-edit"),
]

PROJECTS = [
    path("projects/", projects.ProjectList.as_view(), name="project-list"),
    path("projects/new", projects.ProjectCreate.as_view(), name="project-create"),
    path("projects/<int:pk>", projects.ProjectDetail.as_view(), name="project"),
    path("projects/<int:pk>/edit", projects.ProjectEdit.as_view(), name="project-edit"),
    path("projects/<int:pk>/move", projects.ProjectMove.as_view(), name="project-move"),
    path("projects/<int:pk>/submit", projects.SchemeSubmit.as_view(), name="project-submit"),
    path("projects/<int:pk>/contract", projects.ProjectContract.as_view(), name="project-contract"),
    path("projects/<int:pk>/start", projects.ProjectStart.as_view(), name="project-start"),
    path("projects/<int:pk>/finish", projects.ProjectFinish.as_view(), name="project-finish"),
    path("projects/<int:pk>/cancel", projects.ProjectCancel.as_view(), name="project-cancel"),
    path("projects/<int:pk>/reopen", projects.ProjectReopen.as_view(), name="project-reopen"),
    path("projects/<int:pk>/delete", projects.ProjectDelete.as_view(), name="project-delete"),
    path("projects/<int:pk>/check", projects.CheckAdd.as_view(), name="project-check"),
    path(
        "projects/<int:pk>/milestones/new",
        projects.MilestoneAdd.as_view(),
        name="milestone-create",
    ),
]

MILESTONES = [
    path("milestones/<int:pk>/edit", projects.MilestoneEdit.as_view(), name="milestone-edit"),
    path("milestones/<int:pk>/done", projects.MilestoneDone.as_view(), name="milestone-done"),
    path("milestones/<int:pk>/reopen", projects.MilestoneReopen.as_view(), name="milestone-reopen"),
    path("milestones/<int:pk>/remove", projects.MilestoneRemove.as_view(), name="milestone-remove"),
]

urlpatterns = [*PARTNERS, *PROJECTS, *MILESTONES]
