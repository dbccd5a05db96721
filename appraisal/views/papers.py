"""What of an appraisal is printed."""

from django.http import HttpRequest, HttpResponse

from appraisal.models import Review
from appraisal.printing import export_form
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import Screen


class ReviewPdf(Screen):
    """A form on paper, for whoever reads it; without Pango a sentence says what is missing."""

    gate = SIGNED_IN

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        content = export_form(actor=request.user, record=self.find(Review, pk))
        response = HttpResponse(content, content_type="application/pdf")
        response.headers["Content-Disposition"] = f'attachment; filename="review-{pk}.pdf"'
        return response
