/// `page` in problem.mustache: what went wrong, for who looks at it with a browser.
struct ProblemPage: Sendable {
    let title: String
    let detail: String
    let code: String
    let requestID: String

    init(_ problem: Problem, requestID: String) {
        let words = Self.words(problem.code)
        title = words?.title ?? problem.title
        detail = words?.detail ?? problem.detail
        code = problem.code.rawValue
        self.requestID = requestID
    }

    /// Where the API's own title is a code's, or its sentence speaks to a program, of header fields and keys: what a person
    /// reads, and can do.
    private static func words(_ code: ProblemCode) -> (title: String, detail: String?)? {
        switch code {
        case .notFound:
            (
                "Not found",
                "Nothing with that name exists in this company and environment. It may be in another one: switch company or "
                    + "environment next to the company's name."
            )
        case .noSuchRoute:
            ("Page not found", "There is no page at this address. Check its spelling, or go to the overview.")
        case .methodNotAllowed:
            (
                "Page not found",
                "This address only accepts a form and shows nothing. Go back to the page with the form."
            )
        case .insufficientScope:
            (
                "Your role does not permit this",
                "Nothing was done. An owner of the company can change your role on the Members page."
            )
        case .malformedForm, .duplicateField, .duplicateParameter, .unsupportedMediaType, .badRequest:
            (
                "Invalid request",
                "The address or the form is not one that the dashboard's own pages send, so nothing was done. Go back, "
                    + "reload the page and try again."
            )
        case .bodyTooLarge: ("Too long", "The form is longer than any field may be; nothing was done. Shorten it.")
        case .idempotencyKeyReused:
            (
                "Already sent",
                "This form was already sent with different contents, and is only carried out once. Reload its page to "
                    + "see the current state."
            )
        case .outcomeUnknown:
            (
                "It is not known whether this was done",
                "The connection to the database broke while it was saved. Check whether it is there before you try again."
            )
        case .stopping: ("The server is stopping", "It may be back in a moment: try again then.")
        case .internalError:
            (
                "Something went wrong",
                "This is a fault of the server, not yours. The server's operator can find it in the log under the second "
                    + "line below."
            )
        case .invitationInvalid, .resetInvalid: ("This link is no longer valid", nil)
        case .staleForm: ("This form is out of date", nil)
        case .crossSiteRequest: ("Not sent from this dashboard", nil)
        case .unknownHost: ("The dashboard is at another address", nil)
        case .rateLimited, .busy: ("Too many requests", nil)
        case .signupClosed: ("Sign-up is closed", nil)
        case .passwordsOff: ("Passwords are turned off", nil)
        case .noCompany: ("You are not a member of any company", nil)
        case .ownersOnly: ("Only an owner may do this", nil)
        case .lastOwner: ("A company needs an owner", nil)
        case .resetNotAllowed: ("You cannot create this link", nil)
        case .memberElsewhere: ("This person is also in another company", nil)
        case .noPassword: ("This person has no password", nil)
        case .storageUnavailable, .unavailable: ("The database cannot be reached", nil)
        default: nil
        }
    }
}
