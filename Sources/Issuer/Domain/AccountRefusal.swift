/// Why something about accounts was not done.
public enum AccountRefusal: String, Error, Sendable, Codable {
    /// The address or the password is wrong: never said which.
    case wrongCredentials
    case emailTaken
    /// Who is a member is for owners to say.
    case ownersOnly
    /// A company without an owner could never have one again.
    case lastOwner
    /// Unknown, used, withdrawn or too old: never said which.
    case invitationInvalid
    case alreadyMember
    /// The right password of somebody who is a member of no company any more.
    case noCompany
    case tooManyMembers
    /// Unknown, used, replaced or too old: never said which.
    case resetInvalid
    /// Owners make links for a new password for every other member, admins for viewers and approvers.
    case resetNotAllowed
    /// A member of another company too: this one has no say over what they sign in with there.
    case memberElsewhere
    /// An identity provider signs them in.
    case noPassword
    /// Whom the provider signed in is somebody else here, or this account is linked to another of its people.
    case identityTaken
    /// Only a person who is signed in may, no API key.
    case sessionOnly
}
